"""Vectors: unit length, the best of many scores, and how many threads numpy's algebra takes."""

from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits


@cache
def one_algebra_thread() -> None:
    """Keep numpy's linear algebra to one thread from now on.

    Its threads go on spinning when they have nothing to do and keep torch from the cores: naming a photo took up to
    five times as long.
    """
    threadpool_limits(limits=1, user_api="blas")


def top_k(scores: np.ndarray, k: int) -> np.ndarray:
    """Give the places of the k highest scores, best first; all where there are fewer."""
    best = np.argpartition(-scores, min(k, len(scores)) - 1)[:k]
    return best[np.argsort(-scores[best], kind="stable")]


def unit(vectors: np.ndarray) -> np.ndarray:
    """Scale to length 1 along the last axis; zeros stay zeros."""
    return vectors / _lengths(vectors)


def make_unit(vectors: np.ndarray) -> np.ndarray:
    """Do the same as unit in place: to take new memory for a whole table lasts longer than to scale it."""
    vectors /= _lengths(vectors)
    return vectors


def _lengths(vectors: np.ndarray) -> np.ndarray:
    lengths = np.sqrt(np.einsum("...d,...d->...", vectors, vectors))
    return np.maximum(lengths, np.float32(1e-12))[..., None]
