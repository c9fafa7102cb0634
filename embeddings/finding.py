"""What a search shows: pictures that match better than random ones would, near-copies of one picture folded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from embeddings.errors import BadQuery
from embeddings.nouns import load_nouns
from embeddings.pictures import PictureSet
from embeddings.search import Hit, Look, LookUp, query_vector
from embeddings.vectors import load_noun_vectors, read_query, unit

TOP = 12
FALSE_SHARE = 0.01  # of pictures without what is asked for reach the cut-off
FLOOR = 0.4  # no picture is near "democracy", so what comes nearest to it is no match
CANDIDATES = 120  # pictures that are looked through for matches and copies
SAME_BITS = 10  # of 64: a photo cut by 5 % differs in up to 10, one pair of other photos in 100,000 in as few
SAME_VECTOR = 0.6  # a copy at half the size has a cosine of 0.69 or more with its original, 19 times in 20


@dataclass(frozen=True)
class Query:
    """What is searched for: a unit vector, and the nouns that it names."""

    vector: np.ndarray  # (D,)
    nouns: frozenset[str] = frozenset()  # synset ids

    def like(self, vector: np.ndarray) -> "Query":
        """The same and a picture, each with equal weight."""
        return replace(self, vector=unit(self.vector + vector))


@dataclass(frozen=True)
class Match:
    """A picture that matches, and the near-copies of it that match, too."""

    hit: Hit
    copies: tuple[Hit, ...] = ()


def asked(text: str, look: Look | None = None, look_up: LookUp | None = None) -> Query:
    """What a typed query searches for; `query_vector` says what may stand in it."""
    named = {id for term in read_query(text) if term.sign > 0 for id in load_nouns().senses_as_written(term.text)}
    return Query(query_vector(text, look, look_up), frozenset(named))


def matches(query: Query, pictures: PictureSet, *, k: int = TOP, fold: bool = True) -> list[Match]:
    """The k pictures that match best, and only such as match; near-copies folded into the best of them.

    Pictures that are gone since the last indexing are left out. Raises BadQuery where all are, with their folder.
    """
    if k < 1:
        raise BadQuery(f"asked for {k} answers; at least 1 is needed")
    least = cut_off(query, pictures.index.notes["classes"])
    nearest = pictures.index.search(query.vector, max(k, CANDIDATES))
    found = [(id, score) for id, score in nearest if score >= least]
    names = pictures.names(id for id, _ in found)
    there = [row for row, name in enumerate(names) if pictures.holds(name)]
    if names and not there and not pictures.folder.exists():
        raise BadQuery(f"no folder or zip {pictures.folder}; it was moved or deleted, give one that exists")
    ids, hits = [found[row][0] for row in there], [_hit(pictures.folder / names[row], found[row][1]) for row in there]
    groups = _copies(pictures, ids, [names[row] for row in there]) if fold else [[place] for place in range(len(ids))]
    return [Match(hits[first], tuple(hits[place] for place in rest)) for first, *rest in groups[:k]]


def more_like(match: Match) -> str:
    """What is said of the copies of a picture that are not shown."""
    return f" (and {len(match.copies)} more like it)" if match.copies else ""


def cut_off(query: Query, classes: Sequence[str]) -> float:
    """The score that a picture without what is asked for reaches once in a hundred times.

    Random pictures are stood for by the classes that the model knows, without those that are a kind of what is asked
    for: a picture's vector lies near its class, and the scores of a photo of each of 1000 classes gave the same.
    """
    bank = _without(tuple(classes), query.nouns)
    if not len(bank):
        return FLOOR
    return max(FLOOR, float(np.quantile(bank @ query.vector, 1 - FALSE_SHARE)))


def _without(classes: tuple[str, ...], named: frozenset[str]) -> np.ndarray:
    """The vectors of classes that are none of these nouns and no kind of them. (N, D)"""
    nouns, rows = load_nouns(), _rows(classes)
    below, above = nouns.closure.T
    asked_for = [nouns.row(id) for id in named]
    kinds = np.concatenate([asked_for, below[np.isin(above, asked_for)]]) if asked_for else []
    return load_noun_vectors()[rows[~np.isin(rows, kinds)]]


@lru_cache(maxsize=4)
def _rows(classes: tuple[str, ...]) -> np.ndarray:
    nouns = load_nouns()
    return np.array([nouns.row(id) for id in classes if id in nouns], dtype=np.int64)


def _copies(pictures: PictureSet, ids: list[int], names: list[str]) -> list[list[int]]:
    """The places of the pictures, best first, near-copies of one picture together."""
    if not ids:
        return []
    vectors = pictures.index.vectors(ids)
    bits = np.array([pictures.pictures[name].get("fingerprint", 0) for name in names], dtype=np.uint64)
    differ = np.bitwise_count(bits[:, None] ^ bits[None])
    same = (differ <= SAME_BITS) & (vectors @ vectors.T >= SAME_VECTOR)
    groups: list[list[int]] = []
    for place in range(len(ids)):
        group = next((group for group in groups if same[group[0], place]), None)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    return groups


def _hit(path: Path, score: float) -> Hit:
    return Hit(str(path), path.name, score)
