"""VectorIndex: nearest neighbours by inner product (FAISS), in memory."""

from collections.abc import Sequence
from typing import Any

import faiss
import numpy as np

from zoo.errors import BadQuery, IrisError

SIEVED_FROM = 30_000  # vectors: below, all of them are compared in about 2 ms
SIEVED = 500  # vectors that the sieve leaves for the exact comparison
SIEVE_SAMPLE = 5_000  # vectors that it learns its steps from


class VectorIndex:
    """Unit vectors by stable ids (0 or above), found by cosine.

    Exact up to SIEVED_FROM vectors. Larger sets pass a sieve of 4-bit copies first, two numbers to a code, and what it
    leaves is compared exactly; `recall` tells what that misses. It is made at the first search after a change.
    """

    def __init__(self, dimension: int, *, model: str = "") -> None:
        self.dimension = dimension
        self.model = model  # what made the vectors; indexes of different models never mix
        self.notes: dict[str, Any] = {}  # kept in the card
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._sieve: faiss.Index | None = None

    @classmethod
    def build(cls, vectors: np.ndarray, ids: Sequence[int] | None = None, *, model: str = "") -> "VectorIndex":
        """An index of these rows; ids count from 0 unless given."""
        index = cls(vectors.shape[-1], model=model)
        index.add(range(len(vectors)) if ids is None else ids, vectors)
        return index

    def __len__(self) -> int:
        return self._index.ntotal

    def __contains__(self, id: object) -> bool:
        return id in self._known

    @property
    def ids(self) -> list[int]:
        """The ids in the index, sorted."""
        return sorted(self._known)

    @property
    def _known(self) -> set[int]:
        return set(faiss.vector_to_array(self._index.id_map).tolist())

    def add(self, ids: Sequence[int], vectors: np.ndarray) -> None:
        """Add vectors, or replace those of ids that are there already."""
        rows = self._rows(vectors)
        keys = np.asarray(ids, dtype=np.int64)
        if len(keys) != len(rows):
            raise IrisError(f"{len(rows)} vectors came with {len(keys)} ids; give one id a vector")
        if len(np.unique(keys)) != len(keys) or (keys < 0).any():
            raise IrisError("ids must differ and be 0 or above")
        self.remove(keys)
        self._sieve = None
        self._index.add_with_ids(rows, keys)

    def remove(self, ids: Sequence[int]) -> int:
        """Remove ids, those that are not there without complaint; return how many were."""
        if not len(ids) or not len(self):
            return 0
        self._sieve = None
        return int(self._index.remove_ids(np.asarray(ids, dtype=np.int64)))

    def vector(self, id: int) -> np.ndarray:
        """The vector kept under an id."""
        if id not in self:
            raise BadQuery(f"no vector with the id {id} in the index")
        return self._index.reconstruct(int(id))

    def vectors(self, ids: Sequence[int]) -> np.ndarray:
        """The vectors kept under ids. (N, D)"""
        return self._index.reconstruct_batch(np.asarray(ids, dtype=np.int64))

    def search(self, vector: np.ndarray, k: int = 10) -> list[tuple[int, float]]:
        """The k nearest ids with their cosines, best first; all of them if k is more."""
        if k < 1:
            raise BadQuery(f"asked for {k} answers; at least 1 is needed")
        rows = self._rows(vector)
        if not len(self):
            return []
        if len(self) < SIEVED_FROM or k > SIEVED // 4:
            scores, ids = self._index.search(rows, min(k, len(self)))
            return [(int(id), float(score)) for id, score in zip(ids[0], scores[0], strict=True) if id >= 0]
        return self._sieved(rows, k)

    def _sieved(self, row: np.ndarray, k: int) -> list[tuple[int, float]]:
        """The k best of those that the sieve leaves."""
        if self._sieve is None:
            self._sieve = self._new_sieve()
        places = self._sieve.search(row, SIEVED)[1][0]
        scores = self._rows_kept[places] @ row[0]
        best = np.argsort(-scores, kind="stable")[:k]
        ids = faiss.vector_to_array(self._index.id_map)[places[best]]
        return list(zip(ids.tolist(), scores[best].tolist(), strict=True))

    def _new_sieve(self) -> faiss.Index:
        sieve = faiss.IndexPQFastScan(self.dimension, self.dimension // 2, 4, faiss.METRIC_INNER_PRODUCT)
        sample = np.random.default_rng(0).choice(len(self), SIEVE_SAMPLE, replace=False)
        sieve.train(self._rows_kept[np.sort(sample)])
        sieve.add(self._rows_kept)
        return sieve

    @property
    def _rows_kept(self) -> np.ndarray:
        """All vectors where FAISS keeps them, in its order; not a copy. (N, D)"""
        flat = faiss.downcast_index(self._index.index)
        return faiss.rev_swig_ptr(flat.get_xb(), len(self) * self.dimension).reshape(len(self), self.dimension)

    def recall(self, k: int = 12, *, sample: int = 100, seed: int = 0) -> float:
        """The share of the true k nearest that a search finds, for a sample of the index's own vectors.

        The truth is plain arithmetic over all vectors; one that is as near as the last of them counts, too.
        """
        ids = np.array(self.ids, dtype=np.int64)
        if not len(ids):
            return 1.0
        vectors = self._index.reconstruct_batch(ids)
        k, shares = min(k, len(ids)), []
        for row in np.random.default_rng(seed).choice(len(ids), min(sample, len(ids)), replace=False):
            scores = vectors @ vectors[row]
            least = np.partition(scores, -k)[-k] - 1e-5
            places = np.searchsorted(ids, [id for id, _ in self.search(vectors[row], k)])
            shares.append((scores[places] >= least).sum() / k)
        return float(np.mean(shares))

    def to_bytes(self) -> bytes:
        """The vectors with their ids, as FAISS writes them."""
        return faiss.serialize_index(self._index).tobytes()

    @classmethod
    def from_bytes(cls, data: bytes, dimension: int, *, model: str = "") -> "VectorIndex":
        """The index of what `to_bytes` gave."""
        index = cls(dimension, model=model)
        index._index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        return index

    def _rows(self, vectors: np.ndarray) -> np.ndarray:
        rows = np.atleast_2d(np.asarray(vectors, dtype=np.float32))
        if rows.ndim != 2 or rows.shape[1] != self.dimension:
            raise IrisError(f"a vector of {rows.shape[-1]} numbers came to an index of {self.dimension}")
        if not np.isfinite(rows).all():
            raise IrisError("a vector holds numbers that are not finite")
        return np.ascontiguousarray(rows)
