"""The pictures of a folder, by their names in it."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from zoo.errors import BadQuery
from zoo.files import PICTURE_FORMATS


class Folder:
    """A folder of pictures; Archive is the same of a zip."""

    refused: Mapping[str, str] = MappingProxyType({})  # a folder holds nothing that may not be read

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_dir():
            raise BadQuery(f"no folder {path}; it was moved or deleted, give one that exists")

    def names(self) -> list[str]:
        """The names of all pictures below the folder, hidden ones left out, sorted."""
        return sorted(
            path.relative_to(self.path).as_posix()
            for path in self.path.rglob("*")
            if path.suffix.lower() in PICTURE_FORMATS and path.is_file() and not path.name.startswith(".")
        )

    def facts(self, name: str) -> dict[str, int]:
        """What tells a changed picture without reading it. Raises OSError for one that is not there."""
        stat = (self.path / name).stat()
        return {"mtime": stat.st_mtime_ns, "bytes": stat.st_size}

    def read(self, name: str) -> Path:
        """What a picture can be read from. Raises OSError for one that is not there."""
        (self.path / name).stat()
        return self.path / name
