"""All nouns ranked as names of a picture, from the probabilities of a network's classes.

A noun of which the network saw photos is as good as its probability, an everyday concept less, for most ImageNet
classes are finer names. Any other noun is as good as the classes that lie near it among words, or below it in WordNet,
are likely: a mixture of von Mises-Fisher kernels around the likeliest classes (ConSE, Norouzi et al. 2014, has their
one mean instead, which lies far from each of them) and of steps up the graph; times what a classifier of its own would
say, which is predicted from those of the classes nearest to it (as Changpinyo et al. 2017 predict exemplars, but by
nearest neighbours: the mean of their log probabilities is, but for a constant, what the mean of their weights gives);
times how common its word is (people name things by the commonest word that fits: Ordonez et al. 2013).
"""

from functools import cache, cached_property

import faiss
import numpy as np

from embeddings.naming.config import NamingConfig
from embeddings.naming.vocabulary import general_nouns, kinds_of_people, word_ranks
from embeddings.wordnet.class_tree import ClassTree
from embeddings.words.linalg import top_k
from embeddings.words.table import load_noun_vectors, load_words

LEAST_PROBABILITY = 1e-12  # less counts as this, for a logarithm needs some


class Ranking:
    """Scores nouns for the probabilities of some classes."""

    def __init__(self, tree: ClassTree, config: NamingConfig) -> None:
        self.tree, self.config = tree, config
        self._vectors = load_noun_vectors()
        self._neighbours: dict[int, np.ndarray] = {}  # only remembered: rows of the common nouns near a class

    def scores(self, probabilities: np.ndarray, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Score how good a name each noun is, 0 to about 1, for all nouns or some rows. (n,)"""
        weights = np.ones(len(probabilities))
        weights[self.config.imagenet_classes :] = self.config.concept_weight
        own = np.full(len(self._vectors), np.nan)
        own[self.tree.rows] = weights * probabilities**self.config.class_power
        own = own[rows]
        return np.where(np.isnan(own), self._unseen_scores(probabilities, rows), own)

    def _unseen_scores(self, probabilities: np.ndarray, rows: np.ndarray | slice) -> np.ndarray:
        """Score nouns as if none was a class. (n,)"""
        config = self.config
        top = top_k(probabilities, config.top_classes)
        weights = np.zeros(len(probabilities), np.float32)
        weights[top] = probabilities[top] ** config.kernel_power
        kernels = self._kernels(top, rows) @ weights[top]
        decayed = np.where(self.tree.steps > 0, config.hypernym_decay ** (self.tree.steps - 1.0), 0)
        steps_up = self.tree.sum_up(weights[self.tree.number] * decayed)[rows]
        mixture = config.kernel_weight * kernels + config.hypernym_weight * steps_up
        return mixture * self._predicted(probabilities, rows) * self.commonness[rows]

    def _kernels(self, numbers: np.ndarray, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Give the value of the von Mises-Fisher kernel around each of some classes at nouns. (n, classes)"""
        cosines = self._vectors[rows] @ self._vectors[self.tree.rows[numbers]].T
        return np.exp(self.config.kernel_concentration * (cosines - 1))

    def _predicted(self, probabilities: np.ndarray, rows: np.ndarray | slice) -> np.ndarray:
        """Predict how likely nouns are: the geometric mean of the nearest classes, by that of the likeliest. (n,)"""
        logs = np.log(np.maximum(probabilities, LEAST_PROBABILITY))
        near = self._nearest_classes[rows]  # (n, k)
        at_most = np.sort(logs)[-near.shape[1] :].mean()
        return np.exp(self.config.predicted_power * (logs[near].mean(axis=1) - at_most))

    @cached_property
    def _nearest_classes(self) -> np.ndarray:
        return nearest_classes(tuple(self.tree.rows.tolist()), self.config.predicting_classes)

    def shortlist(self, probabilities: np.ndarray) -> np.ndarray:
        """Give the rows of nouns that can be among the first: classes, what is above them, and near the likeliest."""
        top = top_k(probabilities, self.config.top_classes)
        missing = [number for number in top.tolist() if number not in self._neighbours]
        if missing:
            weighed = self._kernels(np.array(missing)) * self.commonness[:, None]  # (82115, missing)
            for number, column in zip(missing, weighed.T, strict=True):
                self._neighbours[number] = top_k(column, self.config.neighbours)
        above = self.tree.above[np.isin(self.tree.number, top)]
        return np.unique(
            np.concatenate([self.tree.rows, above, *(self._neighbours[number] for number in top.tolist())])
        )

    @cached_property
    def commonness(self) -> np.ndarray:
        """What each noun counts for being a word that people use. (82115,) float32"""
        counts = (1 + word_ranks(load_words()) / self.config.common_rank) ** -self.config.commonness_power
        return np.where(general_nouns() | kinds_of_people(), self.config.general_weight, counts).astype(np.float32)


@cache
def nearest_classes(rows: tuple[int, ...], k: int) -> np.ndarray:
    """Find for each noun which k of the classes, the nouns in these rows, lie nearest to it. (82115, k)"""
    vectors = load_noun_vectors()
    classes = np.ascontiguousarray(vectors[list(rows)])
    return faiss.knn(vectors, classes, min(k, len(rows)), metric=faiss.METRIC_INNER_PRODUCT)[1].astype(np.int16)
