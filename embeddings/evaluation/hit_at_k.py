"""Hit at k and hierarchical precision at k of rankings of all nouns."""

from collections.abc import Iterable, Sequence

import numpy as np

from embeddings.wordnet.graph import Nouns, load_nouns
from embeddings.words.linalg import top_k

RANKS = (1, 2, 5, 10, 20)
HIERARCHICAL_RANKS = (5, 20)

Scored = Iterable[tuple[np.ndarray, np.ndarray]]  # for each photo rows of nouns, and their scores
Right = Sequence[tuple[int, ...]]  # for each photo the rows of the nouns that name it


def hits(scored: Scored, right: Right, seen: np.ndarray) -> dict[str, dict[str, float]]:
    """Give the figures among all nouns, and where a photo is of no seen class also among all nouns but the seen."""
    unseen = np.ones(len(load_nouns()), bool)
    unseen[seen] = False
    tops: dict[str, list[np.ndarray]] = {"all nouns": [], "unseen nouns": []}
    for rows, scores in scored:
        tops["all nouns"].append(_first(rows, scores))
        tops["unseen nouns"].append(_first(rows[unseen[rows]], scores[unseen[rows]]))
    if not any(unseen[list(rows)].all() for rows in right):
        del tops["unseen nouns"]
    return {among: _hits_at(best, right) | _hierarchical_at(best, right) for among, best in tops.items()}


def _hits_at(best: list[np.ndarray], right: Right) -> dict[str, float]:
    places = [np.flatnonzero(np.isin(top, rows)) for top, rows in zip(best, right, strict=True)]
    first = np.array([place[0] if len(place) else np.inf for place in places])
    return {f"hit@{k}": round(float((first < k).mean()), 4) for k in RANKS}


def _hierarchical_at(best: list[np.ndarray], right: Right) -> dict[str, float]:
    """Of the first k, how many are within the fewest steps of the class that hold k nouns (Frome et al. 2013)."""
    graph = _Steps(load_nouns())
    found = {}
    for k in HIERARCHICAL_RANKS:
        near = {rows: graph.around(rows, k) for rows in set(right)}
        shares = [len(near[rows].intersection(top[:k].tolist())) / k for top, rows in zip(best, right, strict=True)]
        found[f"hierarchical@{k}"] = round(float(np.mean(shares)), 4)
    return found


class _Steps:
    """The noun graph walked both ways."""

    def __init__(self, nouns: Nouns) -> None:
        both = np.concatenate([nouns.edges, nouns.edges[:, ::-1]])
        both = both[np.argsort(both[:, 0], kind="stable")]
        self._next = both[:, 1]
        self._starts = np.searchsorted(both[:, 0], np.arange(len(nouns) + 1))

    def around(self, rows: tuple[int, ...], count: int) -> set[int]:
        """Give all rows within so many steps of some that they are at least `count`."""
        found, ring = set(rows), set(rows)
        while len(found) < count:
            ring = {int(to) for row in ring for to in self._next[self._starts[row] : self._starts[row + 1]]} - found
            found |= ring
        return found


def _first(rows: np.ndarray, scores: np.ndarray) -> np.ndarray:
    return rows[top_k(scores, max(RANKS))]
