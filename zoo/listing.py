"""The pictures below a folder: sub-folders too, what only programs look at left out, links followed once."""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from zoo.files import READABLE

# Bins, thumbnails and administration of Synology, QNAP, Windows, macOS and Linux; names that begin with a dot besides.
SYSTEM_FOLDERS = frozenset(
    {
        "@eadir", "#recycle", "#snapshot", "@recycle", "@recently-snapshot", "$recycle.bin", "recycler", "__macosx",
        "system volume information", "lost+found",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A picture file as a listing tells it, unread; a changed one differs in size or version."""

    name: str  # within its folder, parts joined by "/"
    size: int  # bytes
    version: int  # nanoseconds of the last change of a file, CRC-32 of a zip's entry


def is_picture_name(name: str) -> bool:
    """Tell whether a file's ending says that it is a picture."""
    return PurePath(name).suffix.lower() in READABLE


def is_left_out(part: str) -> bool:
    """Tell whether a file or folder of this name is hidden, a bin, or a program's own, and holds nobody's photos."""
    return part.startswith(".") or part.lower() in SYSTEM_FOLDERS


class Listing:
    """Iterate over the pictures below a folder, or other files that are wanted, as ListedFile, folder by folder.

    Links are followed after all that is really there, each folder and each linked file once; a link to a folder that
    holds this one is not followed. What was left out is told once the iteration has ended: `unlisted` has the folders
    that could not be opened with the reason, `others` how many files of which endings are not wanted.
    """

    def __init__(self, folder: Path, is_wanted: Callable[[str], bool] = is_picture_name) -> None:
        self.folder = folder
        self._is_wanted = is_wanted
        self.unlisted: dict[str, str] = {}
        self.others: Counter[str] = Counter()
        self._root = os.path.realpath(folder)

    def __iter__(self) -> Iterator[ListedFile]:
        self.unlisted.clear()
        self.others.clear()
        walked: set[tuple[int, int]] = set()  # device and inode of folders and of linked files
        links: list[str] = []
        yield from self._walk("", walked, links)
        while links:
            name = links.pop(0)
            target = os.path.realpath(self.folder / name)
            if self._is_listed(target):
                continue
            if os.path.isdir(target):
                yield from self._walk(name, walked, links)
            elif self._is_wanted(name):
                yield from self._linked(name, walked)

    def _walk(self, start: str, walked: set[tuple[int, int]], links: list[str]) -> Iterator[ListedFile]:
        """List a folder and those below it; links are only noted."""
        waiting = [start]
        while waiting:
            inner = waiting.pop()
            folders = []
            for entry in self._entries(inner, walked):
                name = f"{inner}/{entry.name}" if inner else entry.name
                if is_left_out(entry.name):
                    continue
                if entry.is_symlink():
                    links.append(name)
                elif entry.is_dir():
                    folders.append(name)
                elif self._is_wanted(entry.name):
                    yield from _listed(name, entry)
                else:
                    self.others[PurePath(entry.name).suffix.lower()] += 1
            waiting += reversed(folders)

    def _entries(self, inner: str, walked: set[tuple[int, int]]) -> list[os.DirEntry[str]]:
        """List what a folder holds, in order of name; nothing where it was walked before or cannot be opened."""
        path = self.folder / inner
        try:
            identity = _identity(os.stat(path))
            if identity in walked:
                return []
            walked.add(identity)
            with os.scandir(path) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.unlisted[inner] = error.strerror or str(error)
            return []

    def _linked(self, name: str, walked: set[tuple[int, int]]) -> Iterator[ListedFile]:
        try:
            facts = os.stat(self.folder / name)
        except OSError:  # a link to nothing
            return
        if stat.S_ISREG(facts.st_mode) and _identity(facts) not in walked:
            walked.add(_identity(facts))
            yield ListedFile(name, facts.st_size, facts.st_mtime_ns)

    def _is_listed(self, target: str) -> bool:
        """Tell whether a link leads to a file that is listed under its own name, or to a folder that holds this one."""
        if os.path.commonpath((self._root, target)) == target:
            return True
        if os.path.isdir(target) or os.path.commonpath((self._root, target)) != self._root:
            return False  # a folder is known by having been walked
        return not any(is_left_out(part) for part in Path(target).relative_to(self._root).parts)


def _listed(name: str, entry: os.DirEntry[str]) -> Iterator[ListedFile]:
    try:
        facts = entry.stat()
    except OSError:  # gone since the folder was opened
        return
    if stat.S_ISREG(facts.st_mode):
        yield ListedFile(name, facts.st_size, facts.st_mtime_ns)


def _identity(facts: os.stat_result) -> tuple[int, int]:
    return facts.st_dev, facts.st_ino
