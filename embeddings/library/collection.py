"""The searchable picture set: the pictures of a folder or a zip, and their vectors."""

import hashlib
import logging
import os
import shutil
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from embeddings.library.database import DamagedLibrary
from embeddings.library.pq_codes import CodesFile
from embeddings.library.records import About
from embeddings.library.source import Source, existing, open_source
from embeddings.library.store import LibraryStore
from embeddings.library.vector_index import VectorIndex
from embeddings.words.table import bundled_dimension, data_sha256
from zoo.bulk.address import Address, Place, resolved
from zoo.errors import BadQuery, IrisError, Refused
from zoo.files import cache_folder, is_taken, lock_beside

log = logging.getLogger(__name__)

OLD_CARD = "index.json"  # of indexes before they were libraries


class PictureSet:
    """The indexed pictures of one folder, zip or bucket; its library lies in the cache, never among the pictures.

    `index` finds the ids of pictures by vectors; everything else is asked by id. Another program may index the pictures
    meanwhile: an id that is gone has the name "", no fingerprint and a vector of zeros.
    """

    def __init__(self, folder: Place, store: LibraryStore, *, codes: Path | None = None) -> None:
        self.folder, self.store = folder, store
        self._codes = codes

    @classmethod
    def in_memory(
        cls, folder: Place, model: str, classes: Sequence[str] = (), *, dimension: int | None = None
    ) -> "PictureSet":
        """Make an empty set, of a folder or a zip, that leaves no trace on disk."""
        return cls(folder, LibraryStore.create(None, about(folder, model, classes, dimension)))

    @classmethod
    def open(cls, folder: Place | str, *, model: str | None = None, where: Path | None = None) -> "PictureSet":
        """Open the set as last indexed; BadQuery when the folder or zip is gone or was never indexed."""
        folder = existing(folder)
        path = library_path(folder, where)
        if not path.is_file():
            old = ", or not since an older Iris" if path.with_name(OLD_CARD).is_file() else ""
            raise BadQuery(f"{folder} is not indexed yet{old}; run: python -m embeddings index {folder}")
        try:
            return cls.of_file(folder, path, model=model)
        except DamagedLibrary as damaged:
            raise Refused(f"{damaged}; index {folder} again") from damaged

    @classmethod
    def of_file(cls, folder: Place, path: Path, *, model: str | None = None) -> "PictureSet":
        """Give the set of a library's file. Raises DamagedLibrary where that is of another model, or of other words."""
        store = LibraryStore.open(path)
        belongs = store.about()
        if belongs.words != data_sha256():
            raise DamagedLibrary(f"{path} belongs to other noun vectors")
        if model is not None and belongs.model != model:
            raise DamagedLibrary(f"{path} was made with {belongs.model}, not with {model}")
        return cls(folder, store, codes=path.with_name("codes.faiss"))

    def copy(self, folder: Path) -> "PictureSet":
        """Copy the set into memory, for another zip that may hold many of the same pictures."""
        return PictureSet(folder, self.store.copy())

    def __len__(self) -> int:
        return len(self.store)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The synset ids that the model knows."""
        return self.store.about().classes

    @cached_property
    def index(self) -> VectorIndex:
        """Where the nearest pictures are found; it follows what is indexed meanwhile."""
        kept = CodesFile(self._codes, self.store.identity()) if self._codes else None
        return VectorIndex(self.store, self.store.about().dimension, kept=kept)

    @cached_property
    def source(self) -> Source:
        """Where the pictures are read. Raises BadQuery where that is gone."""
        return open_source(self.folder)

    @property
    def unreadable(self) -> dict[str, str]:
        """Pictures that could not be read, with the reason."""
        return self.store.unreadable()

    def first(self, count: int) -> list[str]:
        """List the names of some pictures, in order."""
        return self.store.first_names(count)

    def names(self, ids: Iterable[int]) -> list[str]:
        """List the names of ids in the folder or zip."""
        ids = list(ids)
        names = self.store.names(ids)
        return [names.get(id, "") for id in ids]

    def address(self, name: str) -> str:
        """Tell where the picture of a name lies; one in a zip as if that were a folder."""
        return str(self.folder / name)

    def fingerprints(self, ids: Sequence[int]) -> list[int]:
        """Give the difference hashes of ids, 64 bits each."""
        dhashes = self.store.dhashes(ids)
        return [dhashes.get(id, 0) for id in ids]

    def check_there(self) -> None:
        """Raise BadQuery where the folder or zip itself is not there any more."""
        if isinstance(self.folder, Path) and not self.folder.exists():
            raise BadQuery(f"no folder or zip {self.folder}; it was moved or deleted, give one that exists")

    def holds(self, name: str) -> bool:
        """Tell whether an indexed picture is still there; of one in a bucket, whether it was when that was indexed."""
        if isinstance(self.folder, Address):
            return bool(name)
        try:
            return bool(name and self.source.stat(name))
        except OSError:
            return False


def about(folder: Place, model: str, classes: Sequence[str] = (), dimension: int | None = None) -> About:
    """Give what a library of these pictures belongs to, in the bundled words."""
    return About(folder, model, data_sha256(), dimension or bundled_dimension(), tuple(classes))


def library_path(folder: Place, where: Path | None = None) -> Path:
    """Tell where the library of a folder or zip lies."""
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return (where or cache_folder() / "pictures") / name / "library.sqlite"


def indexed_folders(where: Path | None = None) -> list[Place]:
    """List the folders, zips and buckets that were ever indexed, whether or not they are still there."""
    found = []
    for path in sorted((where or cache_folder() / "pictures").glob("*/library.sqlite")):
        try:
            store = LibraryStore.open(path)
            found.append(store.about().folder)
            store.close()
        except DamagedLibrary as damaged:
            log.warning("not searched: %s; delete %s, and index its pictures again", damaged, path.parent)
    return found


def forget(folder: Place | str, where: Path | None = None) -> None:
    """Delete the library of a folder or zip, never its pictures. Raises BadQuery where there is none."""
    folder = resolved(folder)
    path = library_path(folder, where)
    if not path.parent.is_dir():
        raise BadQuery(
            f"{folder} is not indexed; those that are: {', '.join(map(str, indexed_folders(where))) or 'none'}"
        )
    lock = lock_beside(path.with_name("lock"))
    if not is_taken(lock):
        raise IrisError(f"{folder} is being indexed; stop that first")
    try:
        shutil.rmtree(path.parent)
    finally:
        lock.release()
