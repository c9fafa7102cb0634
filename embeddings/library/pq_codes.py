"""Codes of half a byte for each two numbers of a vector, which give a shortlist, and the file that keeps them."""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import faiss
import numpy as np

from zoo.files import written_beside

log = logging.getLogger(__name__)

TRAINED_ON = 5_000  # vectors
GROWTH = 0.05  # of the codes may be missing in the file: a reader makes them in less time than they take to write


class Vectors(Protocol):
    """Where vectors are kept by ids that grow and are never used twice; LibraryStore is one."""

    def __len__(self) -> int: ...
    def vectors(self, ids: Iterable[int]) -> tuple[np.ndarray, np.ndarray]: ...
    def vectors_after(self, id: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]: ...
    def last_id(self) -> int: ...
    def state(self) -> object: ...


@dataclass(frozen=True)
class PQCodes:
    """Product quantization with 4-bit codes (Jegou et al. 2011), compared in registers (Andre et al. 2017)."""

    index: faiss.IndexIDMap
    trained_for: int  # so many vectors were there when the codes' centroids were learned

    @classmethod
    def train(cls, store: Vectors, dimension: int) -> "PQCodes":
        """Learn centroids from some of a store's vectors, and give codes to all."""
        inner = faiss.IndexPQFastScan(dimension, dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
        inner.train(sample_vectors(store, TRAINED_ON))
        made = cls(faiss.IndexIDMap(inner), len(store))
        for ids, vectors in store.vectors_after():
            made.add(ids, vectors)
        return made

    def __len__(self) -> int:
        return self.index.ntotal

    def last_id(self) -> int:
        """The largest id that has a code."""
        return int(self.index.id_map.at(self.index.ntotal - 1)) if self.index.ntotal else 0

    def add(self, ids: np.ndarray, vectors: np.ndarray) -> None:
        """Give codes to vectors (N, D) of larger ids."""
        self.index.add_with_ids(vectors, ids)

    def shortlist(self, row: np.ndarray, count: int) -> list[int]:
        """The ids whose codes are nearest to a vector (1, D)."""
        return [id for id in self.index.search(row, min(count, len(self)))[1][0].tolist() if id >= 0]


class CodesFile:
    """A file beside a large library that keeps its codes, so that opening it need not make them again."""

    def __init__(self, path: Path, library: str) -> None:
        self.path, self.library = path, library
        self._kept = 0  # codes in the file

    def open(self) -> PQCodes | None:
        """The codes; None where there are none, or not those of this library."""
        try:
            header, _, data = self.path.read_bytes().partition(b"\n")
            said = json.loads(header)
            if (said["library"], said["sha256"]) != (self.library, hashlib.sha256(data).hexdigest()):
                raise ValueError("they are damaged or belong to another library")
            found = PQCodes(faiss.deserialize_index(np.frombuffer(data, np.uint8)), said["trained_for"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s is made anew (%s)", self.path, error)
            return None
        self._kept = len(found)
        return found

    def keep(self, codes: PQCodes) -> None:
        """Write the codes where the file lacks many of them; it can be done without where that is not possible."""
        if abs(len(codes) - self._kept) <= GROWTH * self._kept:
            return
        data = faiss.serialize_index(codes.index).tobytes()
        header = {
            "library": self.library, "trained_for": codes.trained_for, "sha256": hashlib.sha256(data).hexdigest(),
        }  # fmt: skip
        try:
            with written_beside(self.path) as part:
                part.write_bytes(json.dumps(header).encode() + b"\n" + data)
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
