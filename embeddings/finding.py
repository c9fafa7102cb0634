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
CLEAR = 0.6  # a picture that is less like its nearest class shows something between classes
SAME_VECTOR = 0.6  # a copy at half the size has a cosine of 0.69 or more with its original, 19 times in 20


@dataclass(frozen=True)
class Query:
    """What is searched for: a unit vector, and the nouns that are asked for and those that are taken away."""

    vector: np.ndarray  # (D,)
    nouns: frozenset[str] = frozenset()  # synset ids
    without: frozenset[str] = frozenset()

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
    senses = [(term.sign > 0, load_nouns().senses_as_written(term.text)) for term in read_query(text)]
    nouns, without = (frozenset(id for plus, ids in senses if plus is wanted for id in ids) for wanted in (True, False))
    return Query(query_vector(text, look, look_up), nouns, without)


def matches(query: Query, pictures: PictureSet, *, k: int = TOP, fold: bool = True) -> list[Match]:
    """The k pictures that match best, and only such as match; near-copies folded into the best of them.

    A picture matches whose score few others would reach, or whose own nearest class is a kind of what is asked for.
    Pictures that are gone since the last indexing are left out. Raises BadQuery where all are, with their folder.
    """
    if k < 1:
        raise BadQuery(f"asked for {k} answers; at least 1 is needed")
    least = cut_off(query, pictures.index.notes["classes"])
    nearest = pictures.index.search(query.vector, max(k, CANDIDATES))
    named = _named(query, pictures, [id for id, _ in nearest])
    found = [hit for hit, is_named in zip(nearest, named, strict=True) if is_named or hit[1] >= least]
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
    rows = _rows(tuple(classes))
    bank = load_noun_vectors()[rows[~_are_kinds(rows, query.nouns)]]  # (N, D)
    if not len(bank):
        return FLOOR
    return max(FLOOR, float(np.quantile(bank @ query.vector, 1 - FALSE_SHARE)))


def _named(query: Query, pictures: PictureSet, ids: list[int]) -> np.ndarray:
    """Whether the class nearest to each picture is one of the nouns asked for, or a kind of one, and stays. (N,)"""
    rows = _rows(tuple(pictures.index.notes["classes"]))
    if not len(rows) or not ids:
        return np.zeros(len(ids), dtype=bool)
    likeness = pictures.index.vectors(ids) @ load_noun_vectors()[rows].T  # (N, classes)
    wanted = _are_kinds(rows, query.nouns) & ~_are_kinds(rows, query.without)
    return wanted[likeness.argmax(axis=1)] & (likeness.max(axis=1) >= CLEAR)


def _are_kinds(rows: np.ndarray, named: frozenset[str]) -> np.ndarray:
    """Whether the nouns of these rows are among the named ones or a kind of them. (N,)"""
    nouns = load_nouns()
    below, above = nouns.closure.T
    asked_for = [nouns.row(id) for id in named]
    return np.isin(rows, asked_for) | np.isin(rows, below[np.isin(above, asked_for)])


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
