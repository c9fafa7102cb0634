"""Picture sets made from vectors or by an encoder of first bytes, for tests that need no network."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from embeddings.library.collection import PictureSet
from embeddings.library.records import FileRecord
from embeddings.results import EncodedPicture
from zoo.listing import ListedFile


def picture_set(folder: Path, classes: Sequence[str] = (), /, **seen: tuple[np.ndarray, int]) -> PictureSet:
    """Pictures that are really there, with a vector and a fingerprint each."""
    pictures = PictureSet.in_memory(folder, "m", classes)
    for name in seen:
        (folder / f"{name}.jpg").write_bytes(b"")
    records = [record(f"{name}.jpg", vector, bits) for name, (vector, bits) in seen.items()]
    pictures.store.write(records)
    return pictures


def record(name: str, vector: np.ndarray | None, bits: int = 0, *, version: int = 1) -> FileRecord:
    """What an indexer keeps of a file; of one that cannot be read where there is no vector."""
    image = None if vector is None else EncodedPicture(vector.astype(np.float32), bits)
    return FileRecord(ListedFile(name, 3, version), b"hash", image, None if image else "it is no picture")


def tear_vectors(path: Path) -> None:
    """Damage a library's file where only searching reads it."""
    with closing(sqlite3.connect(path)) as connection:
        [(page,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'vectors'").fetchall()
        [(bytes_a_page,)] = connection.execute("PRAGMA page_size").fetchall()
    data = bytearray(path.read_bytes())
    data[(page - 1) * bytes_a_page : page * bytes_a_page] = bytes(bytes_a_page)
    path.write_bytes(data)


class ByteEncoder:
    """Encodes a file by its first byte, and keeps what it looked at; a file that starts with "x" is unreadable."""

    def __init__(self) -> None:
        self.looked: list[str] = []

    def __call__(self, sources: Sequence[Path | bytes]) -> Iterator[EncodedPicture | ValueError]:
        for source in sources:
            text = source.decode() if isinstance(source, bytes) else source.read_text()
            self.looked.append(text if isinstance(source, bytes) else source.name)
            vector = np.zeros(4, dtype=np.float32)
            vector[ord(text[0]) % 4] = 1
            yield ValueError(f"{self.looked[-1]} is no picture") if text.startswith("x") else EncodedPicture(vector, 7)


def first_names(pictures: PictureSet) -> set[str]:
    """The names of all pictures of a set."""
    return set(pictures.first(-1))


def opened(folder: Path, where: Path) -> PictureSet:
    """The set of a folder whose library lies in `where`."""
    return PictureSet.open(folder, where=where)
