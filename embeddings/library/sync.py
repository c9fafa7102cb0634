"""What changed in a source is read, encoded and written batch by batch; it may be stopped at any moment."""

import hashlib
import logging
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from embeddings.library.records import ChangedFile, FileRecord
from embeddings.library.source import Source
from embeddings.results import EncodedPicture
from zoo.bulk.engine import Map
from zoo.errors import BadQuery
from zoo.files import READABLE
from zoo.listing import ListedFile
from zoo.progress import Progress

log = logging.getLogger(__name__)

BATCH = 16  # pictures that are read, encoded and written in one go; a kill loses no more

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
    """Read and encode a batch of files: their records, and those of them that only have a new date."""
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


def _sha256(content: Path | bytes) -> bytes:
    if isinstance(content, bytes):
        return hashlib.sha256(content).digest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
