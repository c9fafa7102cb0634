"""How well pictures match what is asked for: by what they hold of the network's classes, or by their vectors."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from embeddings.retrieval.class_mixture import ClassMixture

MIN_CLASS_SHARE = 0.12  # of a picture is enough: at 0.08 1 in 100 more is found, and 4 in 100 more are wrong
MIN_RELATIVE_COSINE = 0.8  # with its nearest class: at 0.7 twice as many words that no picture shows match
MIN_COSINE = 0.4  # no picture is near "democracy", so what comes nearest to it is no match
NO_MATCH = float("-inf")


@dataclass(frozen=True)
class Targets:
    """What a query asks of a picture."""

    mixture: ClassMixture
    vector: np.ndarray  # (D,)
    things: tuple[np.ndarray, ...]  # how much is wanted of each class, (C,) for each thing of which there is a class
    without: np.ndarray  # (C,) which classes are taken away
    count: int  # things and pictures that are asked for, known or not
    context: np.ndarray | None = None  # (C,) bool, of which a picture that shows some comes before one that shows none
    notes: tuple[str, ...] = ()

    def directions(self) -> Iterator[np.ndarray]:
        """Give the vectors (D,) near which matches lie: the word "mammal" itself lies far from many mammals."""
        yield self.vector
        yield from (self.mixture.direction(wanted) for wanted in self.things)
        if self.context is not None:
            yield from (self.mixture.direction(np.maximum(wanted, self.context)) for wanted in self.things)


def score(targets: Targets, vectors: np.ndarray, parts: np.ndarray | None = None) -> np.ndarray:
    """Score how well pictures (N, D) match, up to 1, or NO_MATCH. (N,)

    `parts` (N, C) is how they are made up of the classes, where that is known.
    """
    if targets.things:
        return _score_known(targets, vectors, targets.mixture.decompose(vectors) if parts is None else parts)
    if targets.count == 0 and targets.without.any():
        return _score_without(targets, targets.mixture.decompose(vectors) if parts is None else parts)
    return _score_unknown(targets, vectors)


def _score_known(targets: Targets, vectors: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Score by classes: a picture matches that holds enough of one thing, less what it holds of what is taken away.

    The score is the mean of its cosine and of what it holds of the thing of which it holds least; the cosine alone
    where the network has no class of some thing. Where there is a context, pictures that show it come first.
    """
    cosines = vectors @ targets.vector
    unwanted = parts @ targets.without
    held = np.stack([np.minimum(parts, wanted).sum(axis=1) for wanted in targets.things]) - unwanted  # (things, N)
    scores = (cosines + held.min(axis=0)) / 2 if len(targets.things) == targets.count else cosines
    if targets.context is not None:
        scores = (scores + (parts @ targets.context >= MIN_CLASS_SHARE)) / 2
    return np.where(held.max(axis=0) >= MIN_CLASS_SHARE, scores, NO_MATCH)


def _score_unknown(targets: Targets, vectors: np.ndarray) -> np.ndarray:
    """Score by cosines: a picture matches that is nearly as like the query as like its own nearest class.

    So a clear picture of something else does not.
    """
    cosines = vectors @ targets.vector
    least = np.maximum(MIN_COSINE, MIN_RELATIVE_COSINE * targets.mixture.max_cosine(vectors))
    return np.where(cosines >= least, cosines, NO_MATCH)


def _score_without(targets: Targets, parts: np.ndarray) -> np.ndarray:
    """Score by what is not there, where things are only taken away."""
    unwanted = parts @ targets.without
    return np.where(unwanted < MIN_CLASS_SHARE, 1 - unwanted, NO_MATCH)
