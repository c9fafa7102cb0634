"""What a picture shows, told from its vector alone, which is a weighted mean of the vectors of a network's classes."""

from collections.abc import Collection
from functools import lru_cache

import numpy as np

from embeddings.wordnet.class_tree import ClassTree
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import load_noun_vectors

NEAREST_CLASSES = 64  # that a vector is put together from
STEPS = 30
BATCH = 256  # vectors at a time: a hundred thousand at once would take gigabytes
INITIAL_POWER = 16  # of the cosines that the weights begin with: a class's own vector is then nearly all its own
RIDGE = 1.0  # keeps the direction of a few classes from following how each of the others lies


class ClassMixture:
    """The classes of a network, and how much of each is in a vector."""

    def __init__(self, classes: tuple[str, ...]) -> None:
        self.classes = tuple(id for id in classes if id in load_nouns())
        self.tree = ClassTree(load_nouns(), self.classes)
        self.vectors = load_noun_vectors()[self.tree.rows]  # (C, D)

    def descendants(self, ids: Collection[str]) -> np.ndarray:
        """Tell which classes are among these nouns or a kind of one. (C,) bool"""
        return self.tree.descendants(ids)

    def decompose(self, vectors: np.ndarray, *, batch: int = BATCH) -> np.ndarray:
        """Find weights (N, C) of the classes, rows that sum to 1, whose means point where these unit vectors (N, D) do.

        Non-negative least squares by multiplicative steps (Lee and Seung 2001), begun at the nearest classes and
        stopped early: the exact solution puts a vector that lies between many classes together from odd ones.
        """
        parts = [self._decompose(vectors[start : start + batch]) for start in range(0, max(1, len(vectors)), batch)]
        return np.concatenate(parts)

    def _decompose(self, vectors: np.ndarray) -> np.ndarray:
        cosines = vectors @ self.vectors.T  # (N, C)
        near = np.argpartition(-cosines, min(NEAREST_CLASSES, cosines.shape[1]) - 1)[:, :NEAREST_CLASSES]
        basis = self.vectors[near]  # (N, NEAREST_CLASSES, D)
        gram = np.maximum(basis @ basis.transpose(0, 2, 1), 0)
        goal = np.maximum(np.take_along_axis(cosines, near, 1), 1e-6)
        weights = (goal / goal.max(axis=1, keepdims=True)) ** INITIAL_POWER
        for _ in range(STEPS):
            weights *= goal / np.maximum((gram @ weights[:, :, None])[:, :, 0], 1e-9)
        found = np.zeros_like(cosines)
        np.put_along_axis(found, near, weights / weights.sum(axis=1, keepdims=True), 1)
        return found

    def direction(self, wanted: np.ndarray) -> np.ndarray:
        """Find the unit vector (D,) with which cosines tell wanted classes (C,) from the others (ridge regression)."""
        gram = self.vectors.T @ self.vectors + RIDGE * np.eye(self.vectors.shape[1], dtype=np.float32)
        return unit(np.linalg.solve(gram, self.vectors.T @ wanted.astype(np.float32)))

    def max_cosine(self, vectors: np.ndarray) -> np.ndarray:
        """Give the cosine of each vector (N, D) with its nearest class; 0 where no class is known. (N,)"""
        return (vectors @ self.vectors.T).max(axis=1, initial=0)


@lru_cache(maxsize=4)
def class_mixture(classes: tuple[str, ...]) -> ClassMixture:
    """Make the mixture of these classes, once."""
    return ClassMixture(classes)
