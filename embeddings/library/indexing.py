"""Indexing: a picture set follows what its folder or zip holds, and survives being stopped at any moment."""

import copy
import hashlib
import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from embeddings.library.collection import PictureSet, Source, card_path, existing, open_source, picture_names
from embeddings.library.index_store import open_index, save_index
from embeddings.results import Seen
from embeddings.words.linalg import one_algebra_thread
from zoo.errors import Refused
from zoo.files import is_taken, lock_beside
from zoo.progress import Progress

log = logging.getLogger(__name__)

SAVE_EVERY = 50
TOGETHER = 16  # pictures that are looked at in one go
WAIT_SECONDS = 0.2  # between two looks whether another program has done with the index

Look = Callable[[Sequence[Path | bytes]], Iterable[Seen | Exception]]


def index_folder(
    folder: Path | str,
    look: Look,
    *,
    model: str,
    classes: Collection[str] = (),
    where: Path | None = None,
    dimension: int | None = None,
) -> Iterator[Progress]:
    """Bring the index of a folder or zip up to date, yielding progress: new, changed and deleted pictures.

    `look` sees files, or their bytes, in order; one for which it gives an error is listed and skipped. `classes` are
    the nouns that the model knows, which tell later what a random picture would score. Closing the generator keeps all
    work, and a kill loses no more than SAVE_EVERY pictures. While another program works at the same index, this one
    waits.
    """
    one_algebra_thread()
    folder = existing(folder)
    source = open_source(folder)
    total = len(picture_names(source))
    card = card_path(folder, where)
    lock = lock_beside(card.with_name("lock"))
    try:
        while not is_taken(lock):
            yield Progress(0, total, "another program is indexing these pictures; waiting for it")
            time.sleep(WAIT_SECONDS)
        pictures = _open_or_new(folder, card, model, dimension)
        pictures.index.notes["classes"] = list(classes)
        yield from follow(pictures, source, look, save=partial(save_index, pictures.index, card))
    finally:
        lock.release()


def follow(
    pictures: PictureSet,
    source: Source,
    look: Look,
    *,
    save: Callable[[], None] = lambda: None,
) -> Iterator[Progress]:
    """Bring a picture set up to what its source holds now, yielding progress; `index_folder` says the rest."""
    names = picture_names(source)
    before = copy.deepcopy(pictures.index.notes)
    pictures.source = source
    _forget_missing(pictures, {*names, *source.refused})
    for name, reason in source.refused.items():
        _refuse(pictures, name, {}, reason)
    waiting = [name for name in names if not _is_current(pictures, name)]
    done = len(names) - len(waiting)
    yield Progress(done, len(names))
    try:
        for number, note in enumerate(_taken(pictures, waiting, look), start=1):
            if number % SAVE_EVERY == 0:
                save()
            yield Progress(done + number, len(names), note)
    finally:
        if pictures.index.notes != before:
            save()


def _open_or_new(folder: Path, card: Path, model: str, dimension: int | None) -> PictureSet:
    """The saved set; an empty one where there is none, or where it is damaged or of another model."""
    if card.is_file():
        try:
            return PictureSet.checked(folder, open_index(card, model=model))
        except Refused as refused:
            log.warning("starting anew: %s", refused)
    return PictureSet.new(folder, model, dimension)


def _forget_missing(pictures: PictureSet, present: set[str]) -> None:
    gone = [name for name in pictures.pictures if name not in present]
    pictures.index.remove([pictures.pictures.pop(name)["id"] for name in gone])
    for name in pictures.unreadable.keys() - present:
        del pictures.index.notes["unreadable"][name]


def _is_current(pictures: PictureSet, name: str) -> bool:
    """Whether a file is as it was when it was read; one that only got a new date counts, too."""
    kept = pictures.pictures.get(name) or pictures.index.notes["unreadable"].get(name)
    if kept is None or ("id" in kept and "fingerprint" not in kept):  # indexes of before had none
        return False
    try:
        facts = pictures.source.facts(name)
        if facts.items() <= kept.items():
            return True
        if facts["bytes"] != kept["bytes"] or _sha256(pictures.source.read(name)) != kept["sha256"]:
            return False
    except OSError:
        return False  # to be looked at again, which lists it with the reason
    kept.update(facts)
    return True


def _taken(pictures: PictureSet, names: list[str], look: Look) -> Iterator[str]:
    """Look at pictures and take them into the set; a note for each, of those that could not be read."""
    for start in range(0, len(names), TOGETHER):
        files = [_File.of(pictures.source, name) for name in names[start : start + TOGETHER]]
        seen = iter(look([file.given for file in files if not isinstance(file.given, OSError)]))
        for file in files:
            found = file.given if isinstance(file.given, OSError) else next(seen)
            if isinstance(found, Exception):
                _refuse(pictures, file.name, file.record, str(found))
                yield f"{file.name}: {found}"
            else:
                _take(pictures, file, found)
                yield ""


@dataclass(frozen=True)
class _File:
    """A picture before it is looked at: what to look at, or why not, and what tells later that it changed."""

    name: str
    given: Path | bytes | OSError
    record: dict[str, Any]

    @classmethod
    def of(cls, source: Source, name: str) -> "_File":
        try:
            given = source.read(name)
            return cls(name, given, source.facts(name) | {"sha256": _sha256(given)})
        except OSError as error:
            return cls(name, error, {})


def _take(pictures: PictureSet, file: _File, seen: Seen) -> None:
    notes = pictures.index.notes
    kept = pictures.pictures.get(file.name)
    id = kept["id"] if kept else notes["next"]
    notes["next"] = max(notes["next"], id + 1)
    pictures.index.add([id], seen.vector)
    pictures.pictures[file.name] = {"id": id, "fingerprint": seen.fingerprint, **file.record}
    notes["unreadable"].pop(file.name, None)


def _refuse(pictures: PictureSet, name: str, record: dict[str, Any], reason: str) -> None:
    """List a picture as unreadable; what it was before is no longer found."""
    if name in pictures.pictures:
        pictures.index.remove([pictures.pictures.pop(name)["id"]])
    pictures.index.notes["unreadable"][name] = {"bytes": 0, "sha256": "", **record, "reason": reason}


def _sha256(given: Path | bytes) -> str:
    if isinstance(given, bytes):
        return hashlib.sha256(given).hexdigest()
    with given.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
