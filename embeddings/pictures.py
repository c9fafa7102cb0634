"""The searchable picture set: a folder's pictures, their vectors, and what changed on disk."""

import copy
import hashlib
import logging
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.errors import BadQuery, IndexRefused
from embeddings.index import VectorIndex
from embeddings.vectors import bundled_dimension, data_sha256

log = logging.getLogger(__name__)

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".bmp"})
MAX_PICTURES = 10_000
SAVE_EVERY = 50

Encode = Callable[[Path], np.ndarray]


@dataclass(frozen=True)
class Progress:
    """How far indexing is; `note` names a picture that could not be read."""

    done: int
    total: int
    note: str = ""


def cache_folder() -> Path:
    """Where indexes are kept: $IRIS_CACHE, or .cache/iris in the user's home."""
    return Path(os.environ.get("IRIS_CACHE") or Path.home() / ".cache" / "iris")


class PictureSet:
    """The indexed pictures of one folder; the index lies in the cache, never among the pictures."""

    def __init__(self, folder: Path, index: VectorIndex) -> None:
        self.folder = folder
        self.index = index
        index.notes.setdefault("next", 0)  # ids are never used twice
        index.notes.setdefault("folder", str(folder))
        index.notes.setdefault("words", data_sha256())  # the space that the vectors lie in
        index.notes.setdefault("pictures", {})  # name in the folder -> {id, mtime, bytes, sha256}
        index.notes.setdefault("unreadable", {})  # the same with a reason

    @classmethod
    def open(cls, folder: Path | str, *, model: str | None = None, where: Path | None = None) -> "PictureSet":
        """The set as last indexed; BadQuery when the folder is gone or was never indexed."""
        folder = existing_folder(folder)
        card = card_path(folder, where)
        if not card.is_file():
            raise BadQuery(f"{folder} is not indexed yet; run: python -m embeddings index {folder}")
        return cls._checked(folder, VectorIndex.open(card, model=model))

    @classmethod
    def _checked(cls, folder: Path, index: VectorIndex) -> "PictureSet":
        if index.notes.get("words") != data_sha256():
            raise IndexRefused(f"the index of {folder} belongs to other noun vectors; index the folder again")
        return cls(folder, index)

    def __len__(self) -> int:
        return len(self.index)

    @property
    def pictures(self) -> dict[str, dict[str, Any]]:
        """What is indexed: name in the folder -> id, mtime, bytes, sha256."""
        return self.index.notes["pictures"]

    @property
    def unreadable(self) -> dict[str, str]:
        """Pictures that could not be read, with the reason."""
        return {name: record["reason"] for name, record in self.index.notes["unreadable"].items()}

    def paths(self, ids: Iterable[int]) -> list[Path]:
        """The files of ids."""
        names = {record["id"]: name for name, record in self.pictures.items()}
        return [self.folder / names[id] for id in ids]


def existing_folder(folder: Path | str) -> Path:
    """The absolute path of a folder, or a BadQuery that it is gone."""
    path = Path(folder).expanduser().resolve()
    if not path.is_dir():
        raise BadQuery(f"no folder {path}; it was moved or deleted, give one that exists")
    return path


def card_path(folder: Path, where: Path | None = None) -> Path:
    """Where the index card of a folder lies."""
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return (where or cache_folder() / "pictures") / name / "index.json"


def indexed_folders(where: Path | None = None) -> list[Path]:
    """The folders that were ever indexed, whether or not they are still there."""
    cards = sorted((where or cache_folder() / "pictures").glob("*/index.json"))
    return [Path(VectorIndex.read_card(card)["notes"]["folder"]) for card in cards]


def index_folder(
    folder: Path | str,
    encode: Encode,
    *,
    model: str,
    where: Path | None = None,
    dimension: int | None = None,
    unreadable: tuple[type[Exception], ...] = (ValueError,),
) -> Iterator[Progress]:
    """Bring the index of a folder up to date, yielding progress: new, changed and deleted pictures.

    `encode` gives the unit vector of a file; when it raises OSError or one of `unreadable`, the file is listed and
    skipped. Closing the generator keeps all work, and a kill loses no more than SAVE_EVERY pictures.
    """
    folder = existing_folder(folder)
    card = card_path(folder, where)
    files = find_pictures(folder)
    pictures = _open_or_new(folder, card, model, dimension or bundled_dimension())
    before = copy.deepcopy(pictures.index.notes)
    _forget_missing(pictures, set(files))
    waiting = [name for name in files if not _is_current(pictures, name)]
    yield Progress(len(files) - len(waiting), len(files))
    try:
        for number, name in enumerate(waiting, start=1):
            note = _take(pictures, name, encode, unreadable)
            if number % SAVE_EVERY == 0:
                pictures.index.save(card)
            yield Progress(len(files) - len(waiting) + number, len(files), note)
    finally:
        if pictures.index.notes != before:
            pictures.index.save(card)


def find_pictures(folder: Path) -> list[str]:
    """The names of all pictures below a folder, hidden ones left out."""
    found = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS and path.is_file() and not path.name.startswith(".")
    )
    if not found:
        raise BadQuery(f"{folder} holds no pictures ({', '.join(sorted(ENDINGS))}); give a folder of photos")
    if len(found) > MAX_PICTURES:
        raise BadQuery(f"{folder} holds {len(found):,} pictures, more than {MAX_PICTURES:,}; give a smaller folder")
    return found


def _open_or_new(folder: Path, card: Path, model: str, dimension: int) -> PictureSet:
    """The saved set; an empty one where there is none, or where it is damaged or of another model."""
    if card.is_file():
        try:
            return PictureSet._checked(folder, VectorIndex.open(card, model=model))
        except IndexRefused as refused:
            log.warning("starting anew: %s", refused)
    return PictureSet(folder, VectorIndex(dimension, model=model))


def _forget_missing(pictures: PictureSet, present: Collection[str]) -> None:
    gone = [name for name in pictures.pictures if name not in present]
    pictures.index.remove([pictures.pictures.pop(name)["id"] for name in gone])
    for name in [name for name in pictures.unreadable if name not in present]:
        del pictures.index.notes["unreadable"][name]


def _is_current(pictures: PictureSet, name: str) -> bool:
    """Whether a file is as it was when it was read; one that only got a new date counts, too."""
    kept = pictures.pictures.get(name) or pictures.index.notes["unreadable"].get(name)
    if kept is None:
        return False
    found = _fingerprint(pictures.folder / name)
    if found["mtime"] != kept["mtime"] and found["bytes"] == kept["bytes"]:
        if _sha256(pictures.folder / name) != kept["sha256"]:
            return False
        kept["mtime"] = found["mtime"]
    return found["mtime"] == kept["mtime"] and found["bytes"] == kept["bytes"]


def _take(pictures: PictureSet, name: str, encode: Encode, unreadable: tuple[type[Exception], ...]) -> str:
    """Encode a file into the set; return a note when it could not be read."""
    path, notes = pictures.folder / name, pictures.index.notes
    record: dict[str, Any] = {}
    try:
        record = _fingerprint(path) | {"sha256": _sha256(path)}
        vector = encode(path)
    except (OSError, *unreadable) as error:
        if name in pictures.pictures:
            pictures.index.remove([pictures.pictures.pop(name)["id"]])
        notes["unreadable"][name] = {"mtime": 0, "bytes": 0, "sha256": "", **record, "reason": str(error)}
        return f"{name}: {error}"
    kept = pictures.pictures.get(name)
    id = kept["id"] if kept else notes["next"]
    notes["next"] = max(notes["next"], id + 1)
    pictures.index.add([id], vector)
    pictures.pictures[name] = {"id": id, **record}
    notes["unreadable"].pop(name, None)
    return ""


def _fingerprint(path: Path) -> dict[str, Any]:
    stat = path.stat()
    return {"mtime": stat.st_mtime_ns, "bytes": stat.st_size}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
