"""The searchable picture set: the pictures of a folder or a zip, and their vectors."""

import hashlib
import logging
import os
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from embeddings.library.archive import Archive, is_archive
from embeddings.library.folder import Folder
from embeddings.library.index_store import open_index, read_card
from embeddings.library.vector_index import VectorIndex
from embeddings.words.table import bundled_dimension, data_sha256
from zoo.errors import BadQuery, Refused
from zoo.files import PICTURE_FORMATS, cache_folder

log = logging.getLogger(__name__)

MAX_PICTURES = 10_000

Source = Folder | Archive


class PictureSet:
    """The indexed pictures of one folder or zip; the index lies in the cache, never among the pictures."""

    def __init__(self, folder: Path, index: VectorIndex) -> None:
        self.folder = folder
        self.index = index
        index.notes.setdefault("next", 0)  # ids are never used twice
        index.notes.setdefault("folder", str(folder))
        index.notes.setdefault("words", data_sha256())  # the space that the vectors lie in
        index.notes.setdefault("classes", [])  # synset ids that the model knows
        index.notes.setdefault("pictures", {})  # name in the folder -> {id, fingerprint, bytes, sha256, mtime or crc}
        index.notes.setdefault("unreadable", {})  # the same with a reason

    @classmethod
    def new(cls, folder: Path, model: str, dimension: int | None = None) -> "PictureSet":
        """A set of nothing yet, of a folder or a zip."""
        return cls(folder, VectorIndex(dimension or bundled_dimension(), model=model))

    @classmethod
    def open(cls, folder: Path | str, *, model: str | None = None, where: Path | None = None) -> "PictureSet":
        """The set as last indexed; BadQuery when the folder or zip is gone or was never indexed."""
        folder = existing(folder)
        card = card_path(folder, where)
        if not card.is_file():
            raise BadQuery(f"{folder} is not indexed yet; run: python -m embeddings index {folder}")
        return cls.checked(folder, open_index(card, model=model))

    @classmethod
    def checked(cls, folder: Path, index: VectorIndex) -> "PictureSet":
        """The set of a saved index; Refused where that does not fit the words, or not itself."""
        if index.notes.get("words") != data_sha256():
            raise Refused(f"the index of {folder} belongs to other noun vectors; index the folder again")
        found = cls(folder, index)
        if sorted(record["id"] for record in found.pictures.values()) != index.ids:
            raise Refused(f"the index of {folder} is damaged; index the folder again")
        return found

    def __len__(self) -> int:
        return len(self.index)

    @property
    def pictures(self) -> dict[str, dict[str, Any]]:
        """What is indexed: name in the folder -> id, fingerprint, bytes, sha256, and mtime or crc."""
        return self.index.notes["pictures"]

    @property
    def unreadable(self) -> dict[str, str]:
        """Pictures that could not be read, with the reason."""
        return {name: record["reason"] for name, record in self.index.notes["unreadable"].items()}

    @cached_property
    def source(self) -> Source:
        """Where the pictures are read. Raises BadQuery where that is gone."""
        return open_source(self.folder)

    def paths(self, ids: Iterable[int]) -> list[Path]:
        """The files of ids; those in a zip as if it were a folder."""
        return [self.folder / name for name in self.names(ids)]

    def names(self, ids: Iterable[int]) -> list[str]:
        """The names of ids in the folder or zip."""
        names = {record["id"]: name for name, record in self.pictures.items()}
        return [names[id] for id in ids]

    def holds(self, name: str) -> bool:
        """Whether an indexed picture is still there."""
        try:
            return bool(self.source.facts(name))
        except OSError:
            return False


def open_source(place: Path) -> Source:
    """The pictures of a folder or a zip; BadQuery where it is gone or no zip."""
    return Folder(place) if place.is_dir() or not is_archive(place) else Archive(place)


def existing(place: Path | str) -> Path:
    """The absolute path of a folder or zip, or a BadQuery that it is gone."""
    path = Path(place).expanduser().resolve()
    if not path.is_dir() and not (is_archive(path) and path.is_file()):
        raise BadQuery(f"no folder or zip {path}; it was moved or deleted, give one that exists")
    return path


def card_path(folder: Path, where: Path | None = None) -> Path:
    """Where the index card of a folder or zip lies."""
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return (where or cache_folder() / "pictures") / name / "index.json"


def indexed_folders(where: Path | None = None) -> list[Path]:
    """The folders and zips that were ever indexed, whether or not they are still there."""
    found = []
    for card in sorted((where or cache_folder() / "pictures").glob("*/index.json")):
        try:
            found.append(Path(read_card(card)["notes"].get("folder", "")))
        except Refused as refused:
            log.warning("not searched: %s", refused)
    return found


def find_pictures(folder: Path) -> list[str]:
    """The names of all pictures in a folder or a zip."""
    return picture_names(open_source(folder))


def picture_names(source: Source) -> list[str]:
    """The names of all pictures in a source; BadQuery where there are none, or too many."""
    found = source.names()
    if not found and not source.refused:
        raise BadQuery(
            f"{source.path} holds no pictures ({', '.join(sorted(PICTURE_FORMATS))}); give a folder of photos"
        )
    if len(found) > MAX_PICTURES:
        raise BadQuery(f"{source.path} holds {len(found):,} pictures, more than {MAX_PICTURES:,}; give a smaller part")
    return found
