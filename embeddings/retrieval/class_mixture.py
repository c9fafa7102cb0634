"""What a picture shows, told from its vector alone, which is a weighted mean of the vectors of a network's classes."""

from functools import lru_cache

import numpy as np

from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import load_noun_vectors

NEAREST = 64  # classes that a vector is put together from
ROUNDS = 30
BATCH = 256  # vectors at a time: a hundred thousand at once would take gigabytes
BEGIN = 16  # power of the cosines that the shares begin with: a class's own vector is then nearly all its own
RIDGE = 1.0  # keeps the direction of a few classes from following how each of the others lies


class Mixtures:
    """The classes of a network, and how much of each is in a vector."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        nouns = load_nouns()
        rows = np.array([nouns.row(id) for id in classes if id in nouns], dtype=np.int64)
        self.vectors = load_noun_vectors()[rows]  # (C, D)
        self._numbers, self._above = _above(rows)

    def kinds(self, ids: frozenset[str]) -> np.ndarray:
        """Which classes are among these nouns or a kind of one. (C,) bool"""
        rows = [load_nouns().row(id) for id in ids]
        kinds = np.zeros(len(self.vectors), dtype=bool)
        kinds[self._numbers[np.isin(self._above, rows)]] = True
        return kinds

    def shares(self, vectors: np.ndarray) -> np.ndarray:
        """Shares (N, C) of the classes, rows that sum to 1, whose means point where these unit vectors (N, D) do.

        Non-negative least squares by multiplicative steps (Lee and Seung 2001), begun at the nearest classes and
        stopped early: the exact solution puts a vector that lies between many classes together from odd ones.
        """
        parts = [self._shares(vectors[start : start + BATCH]) for start in range(0, max(1, len(vectors)), BATCH)]
        return np.concatenate(parts)

    def _shares(self, vectors: np.ndarray) -> np.ndarray:
        likeness = vectors @ self.vectors.T  # (N, C)
        near = np.argpartition(-likeness, min(NEAREST, likeness.shape[1]) - 1)[:, :NEAREST]
        basis = self.vectors[near]  # (N, NEAREST, D)
        overlaps = np.maximum(basis @ basis.transpose(0, 2, 1), 0)
        goal = np.maximum(np.take_along_axis(likeness, near, 1), 1e-6)
        weights = (goal / goal.max(axis=1, keepdims=True)) ** BEGIN
        for _ in range(ROUNDS):
            weights *= goal / np.maximum((overlaps @ weights[:, :, None])[:, :, 0], 1e-9)
        shares = np.zeros_like(likeness)
        np.put_along_axis(shares, near, weights / weights.sum(axis=1, keepdims=True), 1)
        return shares

    def direction(self, wanted: np.ndarray) -> np.ndarray:
        """The unit vector (D,) with which cosines tell wanted classes (C,) from the others (ridge regression)."""
        gram = self.vectors.T @ self.vectors + RIDGE * np.eye(self.vectors.shape[1], dtype=np.float32)
        return unit(np.linalg.solve(gram, self.vectors.T @ wanted.astype(np.float32)))

    def likeness_of_nearest(self, vectors: np.ndarray) -> np.ndarray:
        """The cosine of each vector (N, D) with its nearest class; 0 where no class is known. (N,)"""
        return (vectors @ self.vectors.T).max(axis=1, initial=0)


@lru_cache(maxsize=4)
def mixtures(classes: tuple[str, ...]) -> Mixtures:
    """The mixtures of these classes, made once."""
    return Mixtures(classes)


def _above(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every pair of a class, by its number, and the row of itself or of a noun above it. (n,) each"""
    nouns = load_nouns()
    numbers = np.full(len(nouns), -1)
    numbers[rows] = np.arange(len(rows))
    below, above = nouns.closure[numbers[nouns.closure[:, 0]] >= 0].T
    return numbers[below], above
