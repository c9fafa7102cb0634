"""VectorIndex: the nearest of a store's vectors by cosine, compared one and all, or from a shortlist (FAISS)."""

import threading
from collections.abc import Sequence

import faiss
import numpy as np

from embeddings.library.pq_codes import CodesFile, PQCodes, Vectors, sample_vectors
from zoo.errors import BadQuery, IrisError
from zoo.threads import one_thread

EXACT_UP_TO = 30_000  # vectors, which are compared in about 2 ms
SHORTLIST = 300  # vectors that the codes leave for the comparison, or 4 times as many as are asked for
SPARE = 8  # read beyond those that are asked for: 16 bits may order neighbours wrongly, some may be removed
MAX_DEAD = 0.25  # share of the codes that may be of vectors that were removed since


class VectorIndex:
    """Find the nearest vectors of a store by inner product, following what is added to it and removed.

    Up to `exact_up_to` vectors all are in memory and compared. Of more, only codes of half a byte for each two numbers
    are: they give a shortlist, which vectors in 16 bits a number order. The best are read from the store and compared
    exactly, so a removed one is never found. `recall` tells what that misses. What is added gets codes of its own; all
    are made anew once the store has grown fourfold. Threads may share it.
    """

    def __init__(
        self, store: Vectors, dimension: int, *, kept: CodesFile | None = None, exact_up_to: int = EXACT_UP_TO
    ) -> None:
        self.dimension = dimension
        self._store, self._kept, self._exact_up_to = store, kept, exact_up_to
        self._lock = threading.Lock()
        self._exact = _empty(dimension)
        self._codes: PQCodes | None = None
        self._state: object = None

    def __len__(self) -> int:
        return len(self._store)

    def search(self, vector: np.ndarray, k: int = 10) -> list[tuple[int, float]]:
        """Find the k nearest ids with their cosines, best first; all of them if k is more."""
        if k < 1:
            raise BadQuery(f"asked for {k} answers; at least 1 is needed")
        row = self._row(vector)
        with self._lock, one_thread("faiss"):  # it shares out queries, not what each takes
            self._follow()
            if self._codes is None:
                scores, ids = self._exact.search(row, min(k, max(1, self._exact.ntotal)))
                return [(int(id), float(score)) for id, score in zip(ids[0], scores[0], strict=True) if id >= 0]
            shortlist = self._codes.shortlist(row, max(SHORTLIST, 4 * k))
        ids, vectors = self._store.vectors(shortlist[: k + SPARE])
        if len(ids) < k:  # many of the nearest were removed since
            ids, vectors = self._store.vectors(shortlist)
        scores = vectors @ row[0]
        best = np.argsort(-scores, kind="stable")[:k]
        return list(zip(ids[best].tolist(), scores[best].tolist(), strict=True))

    def vectors(self, ids: Sequence[int]) -> np.ndarray:
        """Give the vectors kept under ids, zeros for one that was removed since. (N, D)"""
        found, vectors = self._store.vectors(ids)
        rows = np.zeros((len(ids), self.dimension), np.float32)
        places = {id: place for place, id in enumerate(ids)}
        rows[[places[id] for id in found.tolist()]] = vectors
        return rows

    def recall(self, k: int = 12, *, sample: int = 100, seed: int = 0) -> float:
        """Measure the share of the true k nearest that a search finds, for a sample of the index's own vectors.

        The truth is plain arithmetic over all vectors; one that is as near as the last of them counts, too.
        """
        queries = sample_vectors(self._store, sample, seed=seed)
        if not len(queries):
            return 1.0
        best = np.full((len(queries), k), -np.inf, np.float32)
        for _, vectors in self._store.vectors_after():
            best = -np.sort(-np.concatenate([best, queries @ vectors.T], axis=1), axis=1)[:, :k]
        wanted, found = np.isfinite(best).sum(axis=1), []
        for query, least in zip(queries, best.min(axis=1, where=np.isfinite(best), initial=np.inf), strict=True):
            found.append(sum(score >= least - 1e-5 for _, score in self.search(query, k)))
        return float(np.mean(np.minimum(found, wanted) / wanted))

    def _follow(self) -> None:
        """Take up what was written to the store since the last look."""
        state = self._store.state()
        if state == self._state:
            return
        if self._codes is None and len(self._store) > self._exact_up_to:
            self._codes, self._exact = self._open_codes(), _empty(self.dimension)
        if self._codes is not None:
            self._codes = self._followed(self._codes)
        else:
            self._follow_exact()
        self._state = state

    def _follow_exact(self) -> None:
        last = int(faiss.vector_to_array(self._exact.id_map)[-1]) if self._exact.ntotal else 0
        for ids, vectors in self._store.vectors_after(last):
            self._exact.add_with_ids(vectors, ids)
        if self._exact.ntotal != len(self._store):  # some were removed
            self._exact = _empty(self.dimension)
            for ids, vectors in self._store.vectors_after():
                self._exact.add_with_ids(vectors, ids)

    def _followed(self, codes: PQCodes) -> PQCodes:
        """Give codes to what was added, and all anew where too many are gone or new."""
        for ids, vectors in self._store.vectors_after(codes.last_id()):
            codes.add(ids, vectors)
        living = len(self._store)
        if living > 4 * codes.trained_for or living < (1 - MAX_DEAD) * len(codes):
            codes = PQCodes.train(self._store, self.dimension)
        if self._kept is not None:
            self._kept.keep(codes)
        return codes

    def _open_codes(self) -> PQCodes:
        found = self._kept.open() if self._kept is not None else None
        if found is None or found.last_id() > self._store.last_id():
            return PQCodes.train(self._store, self.dimension)
        return found

    def _row(self, vector: np.ndarray) -> np.ndarray:
        row = np.atleast_2d(np.asarray(vector, dtype=np.float32))
        if row.shape != (1, self.dimension):
            raise IrisError(f"a vector of {row.shape[-1]} numbers came to an index of {self.dimension}")
        if not np.isfinite(row).all():
            raise IrisError("a vector holds numbers that are not finite")
        return np.ascontiguousarray(row)


def _empty(dimension: int) -> faiss.IndexIDMap:
    return faiss.IndexIDMap(faiss.IndexFlatIP(dimension))
