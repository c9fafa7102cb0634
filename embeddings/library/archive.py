"""Pictures in a zip, read where they lie: nothing is extracted, and nothing that a zip says of itself is believed."""

import io
import weakref
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from zoo.errors import BadQuery
from zoo.listing import ListedFile, is_left_out, is_picture_name

NESTED = frozenset({".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz"})
MAX_ENTRY = 64 * 2**20  # bytes of one picture, unpacked
MAX_UNPACKED = 32 * 2**30  # bytes of all pictures together; what they really unpack to is never more
MAX_DIRECTORY = 16 * 2**20  # bytes of a zip's own list of what it holds: some 100,000 names
MAX_SHRINKING = 200  # a photo shrinks by a few per cent in a zip, an empty page in BMP to a hundredth, a bomb to less
SMALL = 2**20  # bytes unpacked that harm nobody, however they shrank
LOCKED = 0x1  # bit of an entry's flags

# What zipfile was seen to raise on damaged and hostile files.
DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, LookupError)


class Archive:
    """The pictures of a zip by their names in it; those that may not be read are in `refused`, with the reason."""

    unlisted: Mapping[str, str] = MappingProxyType({})  # a zip lists all that it holds, or cannot be opened

    def __init__(self, path: Path, *, max_unpacked: int = MAX_UNPACKED) -> None:
        self.path = path
        self.refused: dict[str, str] = {}
        file = _opened(path)
        weakref.finalize(self, file.close)
        self._zip = _read(path, file)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in _listed(self._zip):
            if reason := _objection(entry):
                self.refused[entry.filename] = reason
            else:
                self._entries[entry.filename] = entry
        unpacked = sum(entry.file_size for entry in self._entries.values())
        if unpacked > max_unpacked:
            limit = f"{max_unpacked / 2**20:,.0f} MiB"
            raise BadQuery(f"{path.name} unpacks to {unpacked / 2**20:,.0f} MiB, the limit is {limit}; split it")

    def __len__(self) -> int:
        return len(self._entries)

    def files(self) -> Iterator[ListedFile]:
        """List all pictures that may be read, in order of name."""
        return (self.stat(name) for name in sorted(self._entries))

    def stat(self, name: str) -> ListedFile:
        """Give what tells a changed picture without reading it. Raises OSError for one that is not there."""
        entry = self._entry(name)
        return ListedFile(name, entry.file_size, entry.CRC)

    def read(self, name: str) -> bytes:
        """Read a picture's file, checked against the zip's own sum. Raises OSError."""
        entry = self._entry(name)
        try:
            with self._zip.open(entry) as file:
                return file.read(MAX_ENTRY)
        except DAMAGE as error:
            raise OSError(f"damaged in the zip ({error})") from error

    def _entry(self, name: str) -> zipfile.ZipInfo:
        if name not in self._entries:
            raise FileNotFoundError(f"{self.path.name} holds no picture {name}")
        return self._entries[name]


def is_archive(path: Path) -> bool:
    """Tell whether a path names a zip."""
    return path.suffix.lower() == ".zip"


class _Capped(io.FileIO):
    """A file that is never read in huge pieces: a zip's list of what it holds is read in one."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MAX_DIRECTORY:
            raise zipfile.BadZipFile("it claims to hold far too many files")
        return super().read(MAX_DIRECTORY if size is None or size < 0 else size)


def _opened(path: Path) -> _Capped:
    try:
        return _Capped(path)
    except (FileNotFoundError, IsADirectoryError):
        raise BadQuery(f"no zip {path}; it was moved or deleted, give one that exists") from None
    except OSError as error:
        raise BadQuery(f"{path} cannot be read ({error.strerror}); check who may read it") from error


def _read(path: Path, file: _Capped) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except DAMAGE as error:
        raise BadQuery(f"{path.name} cannot be opened as a zip ({error}); make it anew") from error


def _listed(opened: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    """List the entries that are pictures or archives by their names, but for hidden ones, bins and thumbnails."""
    for entry in opened.infolist():
        path = PurePosixPath(entry.filename)
        left_out = any(is_left_out(part) for part in path.parts if part != "..")
        if not entry.is_dir() and not left_out and (is_picture_name(path.name) or path.suffix.lower() in NESTED):
            yield entry


def _objection(entry: zipfile.ZipInfo) -> str:
    """Why an entry is not read; empty where it may be."""
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
        return "its name leads out of the zip"
    if not name.isprintable():
        return "its name holds characters that cannot be shown"
    if PurePosixPath(name).suffix.lower() in NESTED:
        return "an archive within the zip is not opened"
    if entry.flag_bits & LOCKED:
        return "it is locked with a password"
    if entry.file_size > MAX_ENTRY:
        return f"it has more than {MAX_ENTRY // 2**20} MiB"
    if entry.file_size > max(SMALL, MAX_SHRINKING * entry.compress_size):
        return "it unpacks to far more than it is"
    return ""
