"""Codes of half a byte for each two numbers of a vector, which give a shortlist, and the file that keeps them.

The file: a line of JSON that fills HEADER bytes, the vectors in 16 bits a number, and FAISS' codes in the same order.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, Protocol

import faiss
import numpy as np

from embeddings.library.quantized_vectors import QuantizedVectors
from zoo.files import remove_abandoned_parts, written_beside

log = logging.getLogger(__name__)

TRAINED_ON = 5_000  # vectors
GROWTH = 0.1  # of the codes may be missing in the file: a reader makes them in less time than they take to write
HEADER = 256  # bytes


class Vectors(Protocol):
    """Where vectors are kept by ids that grow and are never used twice; LibraryStore is one."""

    def __len__(self) -> int: ...
    def vectors(self, ids: Iterable[int]) -> tuple[np.ndarray, np.ndarray]: ...
    def vectors_after(self, id: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]: ...
    def last_id(self) -> int: ...
    def state(self) -> object: ...


class PQCodes:
    """Product quantization with 4-bit codes (Jegou et al. 2011), compared in registers (Andre et al. 2017).

    What the codes find is ordered by the vectors in 16 bits a number, which lie in the order of the codes.
    """

    def __init__(self, index: faiss.IndexIDMap, vectors: QuantizedVectors, trained_for: int) -> None:
        self.index, self.vectors = index, vectors
        self.trained_for = trained_for  # so many vectors were there when the codes' centroids were learned
        self._ids = faiss.vector_to_array(index.id_map)

    @classmethod
    def train(cls, store: Vectors, dimension: int) -> "PQCodes":
        """Learn centroids from some of a store's vectors, and give codes to all."""
        inner = faiss.IndexPQFastScan(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
        inner.train(sample_vectors(store, TRAINED_ON))
        made = cls(faiss.IndexIDMap(inner), QuantizedVectors.empty(dimension), len(store))
        for ids, vectors in store.vectors_after():
            made.add(ids, vectors)
        return made

    def __len__(self) -> int:
        return len(self._ids)

    def last_id(self) -> int:
        """Give the largest id that has a code."""
        return int(self._ids[-1]) if len(self) else 0

    def add(self, ids: np.ndarray, vectors: np.ndarray) -> None:
        """Give codes to vectors (N, D) of larger ids."""
        self.index.add_with_ids(vectors, ids)
        self.vectors.add(vectors)
        self._ids = np.concatenate([self._ids, ids])

    def shortlist(self, row: np.ndarray, count: int) -> list[int]:
        """So many ids whose codes are nearest to a vector (1, D), the nearest first."""
        rows = self.index.index.search(row, min(count, len(self)))[1][0]
        rows = rows[rows >= 0]
        best = np.argsort(-self.vectors.scores(rows, row[0]), kind="stable")
        return self._ids[rows[best]].tolist()


class CodesFile:
    """A file beside a large library that keeps its codes, so that opening it need not make them again."""

    def __init__(self, path: Path, library: str) -> None:
        self.path, self.library = path, library
        self._kept = 0  # codes in the file

    def open(self) -> PQCodes | None:
        """Open the codes; gives None where there are none, or not those of this library."""
        try:
            with self.path.open("rb") as file:
                found = self._read(file)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s is made anew (%s)", self.path, error)
            return None
        self._kept = len(found)
        return found

    def _read(self, file: BufferedReader) -> PQCodes:
        said = json.loads(file.read(HEADER))
        if (said["library"], said["sha256"]) != (self.library, hashlib.file_digest(file, "sha256").hexdigest()):
            raise ValueError("it is damaged or belongs to another library")
        mapped = np.memmap(file, np.int16, "r", HEADER, tuple(said["shape"]))
        file.seek(HEADER + mapped.nbytes)
        index: Any = faiss.deserialize_index(np.frombuffer(file.read(), np.uint8))
        return PQCodes(index, QuantizedVectors(mapped), said["trained_for"])

    def keep(self, codes: PQCodes) -> None:
        """Write the codes where the file lacks many of them; it can be done without where that is not possible."""
        if abs(len(codes) - self._kept) <= GROWTH * self._kept:
            return
        parts = [*codes.vectors.parts(), faiss.serialize_index(codes.index)]
        sha256 = hashlib.sha256()
        for part in parts:
            sha256.update(part.data)
        header = {
            "library": self.library, "trained_for": codes.trained_for, "shape": codes.vectors.shape,
            "sha256": sha256.hexdigest(),
        }  # fmt: skip
        remove_abandoned_parts(self.path.parent)
        try:
            with written_beside(self.path, durable=True) as path, path.open("wb") as file:
                file.write(json.dumps(header).encode().ljust(HEADER))
                file.writelines(part.data for part in parts)
        except OSError as error:
            log.warning("%s cannot be kept (%s); it is made at each opening", self.path, error.strerror or error)
        self._kept = len(codes)


def sample_vectors(store: Vectors, count: int, *, seed: int = 0) -> np.ndarray:
    """Up to so many vectors of a store, drawn from all of it. (N, D)"""
    random = np.random.default_rng(seed)
    drawn = dict.fromkeys(random.integers(0, store.last_id() + 1, 4 * count).tolist())
    _, vectors = store.vectors(drawn)
    if len(vectors) < min(count, len(store)):  # most ids of before are gone
        _, vectors = next(store.vectors_after(), (None, vectors))
    return vectors[random.permutation(len(vectors))[:count]]
