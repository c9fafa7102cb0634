"""Indexing of a folder or zip: one program at a time at its library, which is looked through after a kill."""

import logging
import time
from collections.abc import Collection, Generator
from contextlib import suppress
from pathlib import Path

from embeddings.library.collection import OLD_CARD, PictureSet, about, library_path
from embeddings.library.database import DAMAGED, DamagedLibrary
from embeddings.library.records import About
from embeddings.library.source import existing, open_source
from embeddings.library.store import LibraryStore
from embeddings.library.sync import BATCH, EncodeFiles, sync
from embeddings.words.linalg import one_algebra_thread
from zoo.bulk.address import Place
from zoo.bulk.engine import Map
from zoo.files import is_taken, lock_beside
from zoo.progress import Progress

log = logging.getLogger(__name__)

UNFINISHED = "unfinished"  # the name of a file that lies beside a library while it is indexed
WAIT_SECONDS = 0.2  # between two looks whether another program has done with the library


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


def _open_or_new(path: Path, belongs: About) -> PictureSet:
    """Open the set of a library, or of an empty one where there is none. Raises DamagedLibrary.

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
    """Give what says that a library's file may not be whole: a reader that found damage, a run that was cut off."""
    return [mark for name in (DAMAGED, UNFINISHED) if (mark := path.with_name(name)).exists()]


def _delete(path: Path) -> None:
    for each in path.parent.glob("*"):
        if each.name != "lock":
            each.unlink(missing_ok=True)
