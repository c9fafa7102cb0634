"""The classes of a network in the noun graph, and sums of their probabilities up it."""

from collections.abc import Collection, Sequence

import numpy as np

from embeddings.wordnet.graph import Nouns


class ClassTree:
    """Every pair of a class and a noun that it is, or is a kind of."""

    def __init__(self, nouns: Nouns, classes: Sequence[str]) -> None:
        self.nouns = nouns
        self.rows = np.array([nouns.row(id) for id in classes], dtype=np.int64)  # (C,)
        numbers = np.full(len(nouns), -1)
        numbers[self.rows] = np.arange(len(self.rows))
        below, self.above = nouns.closure[numbers[nouns.closure[:, 0]] >= 0].T  # (pairs,) rows
        self.number = numbers[below]  # (pairs,) of the class
        self.steps = nouns.depths[below] - nouns.depths[self.above]  # (pairs,) 0 for the class itself

    def subtree_mass(self, probabilities: np.ndarray) -> np.ndarray:
        """Sum the class probabilities (C,) at or below each noun (Deng et al. 2012, "Hedging your bets"). (n,)"""
        return self.sum_up(probabilities[self.number])

    def sum_up(self, weights: np.ndarray) -> np.ndarray:
        """Sum weights, one a pair of class and noun, for each noun. (n,)"""
        return np.bincount(self.above, weights=weights, minlength=len(self.nouns))

    def descendants(self, ids: Collection[str]) -> np.ndarray:
        """Tell which classes are among these nouns or a kind of one. (C,) bool"""
        wanted = [self.nouns.row(id) for id in ids]
        found = np.zeros(len(self.rows), dtype=bool)
        found[self.number[np.isin(self.above, wanted)]] = True
        return found
