"""The pictures of a folder, by their names in it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from zoo.errors import BadQuery
from zoo.listing import ListedFile, Listing


class Folder:
    """A folder of pictures; Archive is the same of a zip."""

    refused: Mapping[str, str] = MappingProxyType({})  # a folder holds nothing that may not be read

    def __init__(self, path: Path) -> None:
        self.path = path
        self._listing = Listing(path)
        if not path.is_dir():
            raise BadQuery(f"no folder {path}; it was moved or deleted, give one that exists")

    @property
    def unlisted(self) -> dict[str, str]:
        """The folders that the last listing could not open, with the reason."""
        return self._listing.unlisted

    def files(self) -> Iterator[ListedFile]:
        """List all pictures below the folder; hidden ones, bins and folders of thumbnails are left out."""
        return iter(self._listing)

    def stat(self, name: str) -> ListedFile:
        """Give what tells a changed picture without reading it. Raises OSError for one that is not there."""
        facts = (self.path / name).stat()
        return ListedFile(name, facts.st_size, facts.st_mtime_ns)

    def read(self, name: str) -> Path:
        """Give what a picture can be read from. Raises OSError for one that is not there."""
        (self.path / name).stat()
        return self.path / name
