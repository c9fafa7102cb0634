"""Indexing: list what changed in a folder or zip, read and encode it, write it; it may be stopped at any moment."""

import hashlib
import logging
import time
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from embeddings.library.collection import (
    OLD_CARD,
    PictureSet,
    Source,
    about,
    existing,
    library_path,
    open_source,
)
from embeddings.library.database import DAMAGED, DamagedLibrary
from embeddings.library.store import About, ChangedFile, FileRecord, LibraryStore
from embeddings.results import EncodedPicture
from embeddings.words.linalg import one_algebra_thread
from zoo.bulk.address import Place
from zoo.bulk.engine import Map
from zoo.errors import BadQuery
from zoo.files import READABLE, is_taken, lock_beside
from zoo.listing import ListedFile
from zoo.progress import Progress

log = logging.getLogger(__name__)

UNFINISHED = "unfinished"  # the name of a file that lies beside a library while it is indexed
BATCH = 16  # pictures that are read, encoded and written in one go; a kill loses no more
WAIT_SECONDS = 0.2  # between two looks whether another program has done with the library

EncodeFiles = Callable[[Sequence[Path | bytes]], Iterable[EncodedPicture | Exception]]
Batch = tuple[list[FileRecord], list[ListedFile]]


class Store(Protocol):
    """What indexing needs of the records of a source; LibraryStore says what each does."""

    def list_files(self, files: Iterable[ListedFile]) -> int: ...
    def forget_unlisted(self, unlisted: Iterable[str] = ()) -> list[str]: ...
    def forget(self, names: Iterable[str]) -> None: ...
    def count_changed(self) -> int: ...
    def changed(self, batch: int) -> Iterator[list[ChangedFile]]: ...
    def write(self, records: Sequence[FileRecord], touched: Sequence[ListedFile] = ()) -> None: ...


class HasStore(Protocol):
    """Pictures of a source, and what is kept of them."""

    source: Source

    @property
    def store(self) -> Store: ...


Indexed = TypeVar("Indexed", bound=HasStore)


@dataclass(frozen=True)
class Reading:
    """A changed file before it is encoded: its content, or why it has none."""

    file: ListedFile
    sha256: bytes = b""
    content: Path | bytes | None = None
    reason: str | None = None  # why it cannot be read
    touched: bool = False  # only its date is new


def index_folder(
    folder: Place | str,
    encode: EncodeFiles,
    *,
    model: str,
    classes: Collection[str] = (),
    names: Collection[str] | None = None,
    where: Path | None = None,
    dimension: int | None = None,
    max_pictures: int | None = None,
    batch: int = BATCH,
    run: Map = map,
) -> Generator[Progress[PictureSet]]:
    """Bring the library of a folder or zip up to date, yielding progress and at last the set: `sync` says the rest.

    One that is damaged, foreign, or of another model or other words is named and made anew. While another program works
    at the same library, this one waits. Raises BadQuery where there are no pictures, or more than `max_pictures`.
    """
    one_algebra_thread()
    folder = existing(folder)
    path, belongs = library_path(folder, where), about(folder, model, tuple(classes), dimension)
    source = open_source(folder)
    lock = lock_beside(path.with_name("lock"))
    try:
        while not is_taken(lock):
            yield Progress(0, 1, "another program is indexing these pictures; waiting for it")
            time.sleep(WAIT_SECONDS)
        try:
            if _marks(path):
                yield Progress(0, 1, "the last run was cut off, or damage was found; looking through the whole index")
            pictures = _open_or_new(path, belongs)
            yield from sync(pictures, source, encode, names=names, max_pictures=max_pictures, batch=batch, run=run)
        except DamagedLibrary as damaged:
            log.warning("starting anew: %s", damaged)
            _delete(path)
            pictures = _open_or_new(path, belongs)
            yield from sync(pictures, source, encode, max_pictures=max_pictures, batch=batch, run=run)
        finally:
            path.with_name(UNFINISHED).unlink(missing_ok=True)
    finally:
        lock.release()


def sync(
    pictures: Indexed,
    source: Source,
    encode: EncodeFiles,
    *,
    names: Collection[str] | None = None,
    max_pictures: int | None = None,
    batch: int = BATCH,
    run: Map = map,
) -> Generator[Progress[Indexed]]:
    """Bring a picture set up to what its source holds now, yielding progress; the last one has the set as its result.

    The source is listed once, or only `names` are looked at. New and changed pictures are encoded batch by batch, and
    each batch is written at once: closing the generator keeps all that was reported, a kill loses one batch. `encode`
    is given files, or their bytes, in order; one for which it gives an error is listed as unreadable. `run` says where
    batches are read and encoded: here, or by the workers of an engine.
    """
    store = pictures.store
    pictures.source = source
    total = _list_all(store, source, max_pictures) if names is None else _list_some(store, source, names)
    refused = [FileRecord(ListedFile(name, -1, 0), b"", None, reason) for name, reason in source.refused.items()]
    store.write(refused)
    done = total - store.count_changed()
    yield Progress(done, total)
    for notes in write_batches(store, run(partial(read_and_encode, source, encode), store.changed(batch))):
        for note in notes:
            done += 1
            yield Progress(done, total, note)
    yield Progress(total, total, result=pictures)


def read_and_encode(source: Source, encode: EncodeFiles, changed: Sequence[ChangedFile]) -> Batch:
    """The records of a batch of files, and those of them that only have a new date."""
    readings = [_read(source, each) for each in changed]
    images = iter(encode([reading.content for reading in readings if reading.content is not None]))
    records = [_record(reading, images) for reading in readings if not reading.touched]
    return records, [reading.file for reading in readings if reading.touched]


def write_batches(store: Store, batches: Iterable[Batch]) -> Iterator[list[str]]:
    """Write each batch whole; gives a note for each of its files, empty where it could be read."""
    for records, touched in batches:
        store.write(records, touched)
        yield [f"{one.file.name}: {one.reason}" if one.reason else "" for one in records] + [""] * len(touched)


def _list_all(store: Store, source: Source, max_pictures: int | None) -> int:
    total = store.list_files(source.files())
    if not total and "" in source.unlisted:
        raise BadQuery(f"{source.path.name} cannot be opened ({source.unlisted['']}); check who may read it")
    if not total and not source.refused:
        raise BadQuery(f"{source.path.name} holds no pictures ({', '.join(sorted(READABLE))}); give a folder of photos")
    if max_pictures is not None and total > max_pictures:
        raise BadQuery(f"{source.path} holds {total:,} pictures, more than {max_pictures:,}; give a smaller part")
    for name, reason in source.unlisted.items():
        log.warning("not looked into: %s (%s)", source.path / name, reason)
    store.forget_unlisted(source.unlisted)
    return total


def _list_some(store: Store, source: Source, names: Collection[str]) -> int:
    found: list[ListedFile] = []
    gone = []
    for name in names:
        try:
            found.append(source.stat(name))
        except OSError:
            gone.append(name)
    store.forget(gone)
    return store.list_files(found)


def _read(source: Source, changed: ChangedFile) -> Reading:
    """Read a changed file. What cannot be opened is tried again each time, for its record has no file's size."""
    try:
        content = source.read(changed.file.name)
        file = source.stat(changed.file.name)
        sha256 = _sha256(content)
    except OSError as error:
        return Reading(ListedFile(changed.file.name, -1, 0), reason=str(error))
    if changed.known == (file.size, sha256):
        return Reading(file, sha256, touched=True)
    return Reading(file, sha256, content)


def _record(reading: Reading, images: Iterator[EncodedPicture | Exception]) -> FileRecord:
    if reading.content is None:
        return FileRecord(reading.file, reading.sha256, None, reading.reason)
    image = next(images)
    if isinstance(image, Exception):
        return FileRecord(reading.file, reading.sha256, None, str(image))
    return FileRecord(reading.file, reading.sha256, image)


def _open_or_new(path: Path, belongs: About) -> PictureSet:
    """The set of a library, or of an empty one where there is none. Raises DamagedLibrary.

    Of one that may not be whole all is read, which takes seconds for a million pictures.
    """
    if path.with_name(OLD_CARD).is_file():
        log.warning("starting anew: the index of %s was made by an older Iris", belongs.folder)
        for old in (*path.parent.glob("index*.json"), *path.parent.glob("index*.faiss")):
            old.unlink(missing_ok=True)
    if not path.is_file():
        LibraryStore.create(path, belongs).close()
    pictures = PictureSet.of_file(belongs.folder, path, model=belongs.model)
    if marks := _marks(path):
        pictures.store.check()
        for mark in marks:
            mark.unlink(missing_ok=True)
    with suppress(OSError):
        path.with_name(UNFINISHED).touch()
    pictures.store.write_about(belongs)
    return pictures


def _marks(path: Path) -> list[Path]:
    """What says that a library's file may not be whole: a reader that found damage, a run that was cut off."""
    return [mark for name in (DAMAGED, UNFINISHED) if (mark := path.with_name(name)).exists()]


def _delete(path: Path) -> None:
    for each in path.parent.glob("*"):
        if each.name != "lock":
            each.unlink(missing_ok=True)


def _sha256(content: Path | bytes) -> bytes:
    if isinstance(content, bytes):
        return hashlib.sha256(content).digest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
