"""Where pictures lie: a path on the disk, or the address of a folder in an object store."""

import re
from dataclasses import dataclass
from pathlib import Path

from zoo.errors import BadInput, IrisError

SCHEMES = ("s3", "gs", "abfs", "abfss", "file")
FULL = re.compile(
    r"HTTP status 507|StorageFull|InsufficientStorage|Quota|No space left|os error 28"
)  # who is asked says


@dataclass(frozen=True)
class Address:
    """Where a folder or an object of a store lies; names are joined to it like to a Path."""

    uri: str

    def __str__(self) -> str:
        return self.uri

    def __fspath__(self) -> str:
        return self.uri

    def __truediv__(self, name: str) -> "Address":
        return Address(f"{self.uri}/{name}")

    @property
    def name(self) -> str:
        """The last part."""
        return self.uri.rpartition("/")[2]


Place = Path | Address


def resolved(folder: str | Place) -> Place:
    """Give the absolute path of a folder or file, or an address as it is."""
    found = place(folder)
    return found if isinstance(found, Address) else found.expanduser().resolve()


def place(text: str | Place) -> Place:
    """Make a path of a text, or an Address where it begins with the name of a store. Raises BadInput for others."""
    scheme, separator, rest = str(text).partition("://")
    if isinstance(text, Address) or not separator or not re.fullmatch(r"[a-z][a-z0-9+]+", scheme):
        return text if isinstance(text, Address) else Path(text)
    if scheme not in SCHEMES or not rest.strip("/"):
        raise BadInput(f"{text} is no address of a folder that can be read; write s3://bucket/folder")
    return Address(str(text).rstrip("/"))


def no_room(place: Place, reason: str) -> IrisError:
    """Make the error for a place where nothing more can be kept."""
    return IrisError(f"{place} has no room left ({reason}); make some, and run the same again: what is done is kept")
