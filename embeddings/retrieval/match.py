"""What a search shows: pictures that hold enough of what is asked for, near-copies of one picture folded."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath

import numpy as np

from embeddings.results import Hit, Match
from embeddings.retrieval.class_mixture import class_mixture
from embeddings.retrieval.file_names import matching_names
from embeddings.retrieval.near_duplicates import group_near_duplicates
from embeddings.retrieval.pictures import Pictures
from embeddings.retrieval.query import ResolvedQuery
from embeddings.retrieval.scoring import NO_MATCH, Targets, score
from embeddings.retrieval.targets import ways_to_find
from zoo.errors import BadQuery

TOP = 12
CANDIDATES = 120  # nearest pictures that are looked at closely


@dataclass(frozen=True)
class SearchResult:
    """The pictures that match, the best first, and what is to be said of how they were found."""

    matches: tuple[Match, ...] = ()
    notes: tuple[str, ...] = ()


def match(query: ResolvedQuery, pictures: Pictures, *, k: int = TOP, fold: bool = True) -> SearchResult:
    """Find the k pictures that match best, and only such as match; near-copies folded into the best of them.

    A picture matches by what it shows; by its name where the query reads like a file's name, or where none shows what
    is asked for. Pictures that are gone since the last indexing are left out. Raises BadQuery where all are, with their
    folder, and the query's own error where it is no word and no picture is called so.
    """
    if k < 1:
        raise BadQuery(f"asked for {k} answers; at least 1 is needed")
    found = SearchResult() if query.unknown else _shown(query, pictures, k, fold)
    if not found.matches:
        named = tuple(Match(_hit(pictures.address(name), 1.0)) for name in matching_names(query, pictures, k))
        if named:
            by_name = f'No picture is known to show it; their names hold "{query.text.strip()}".'
            return SearchResult(named, (by_name, *found.notes))
    if query.unknown and not found.matches:
        raise query.unknown
    return replace(found, notes=(*query.notes, *found.notes))


def similar(vector: np.ndarray, pictures: Pictures, *, k: int = TOP) -> list[Hit]:
    """List the k pictures nearest to a vector, whether or not they match."""
    found = pictures.index.search(vector, k)
    names = pictures.names(id for id, _ in found)
    return [_hit(pictures.address(name), score) for name, (_, score) in zip(names, found, strict=True)]


def copies_suffix(match: Match) -> str:
    """Say how many copies of a picture are not shown."""
    return f" (and {len(match.copies)} more like it)" if match.copies else ""


def _shown(query: ResolvedQuery, pictures: Pictures, k: int, fold: bool) -> SearchResult:
    """Find pictures by what they show; a word that none is known by is widened."""
    mixture = class_mixture(pictures.classes)
    found: list[tuple[int, float]] = []
    notes: tuple[str, ...] = ()
    for targets in ways_to_find(query, mixture):
        found, notes = _scored(targets, pictures, k), targets.notes
        if found:
            break
    names = pictures.names(id for id, _ in found)
    there = [row for row, name in enumerate(names) if pictures.holds(name)]
    if names and not there:
        pictures.check_there()
    ids, hits = [found[row][0] for row in there], [_hit(pictures.address(names[row]), found[row][1]) for row in there]
    groups = group_near_duplicates(pictures, ids) if fold else [[place] for place in range(len(ids))]
    matches = tuple(Match(hits[first], tuple(hits[place] for place in rest)) for first, *rest in groups[:k])
    gone = len(names) - len(there)
    told = (f"Left out, for they are gone since they were indexed: {gone}; index them again.",) if gone else ()
    return SearchResult(matches, (*(notes if matches else ()), *told))


def _scored(targets: Targets, pictures: Pictures, k: int) -> list[tuple[int, float]]:
    """List ids of pictures that match, with scores, the best first."""
    nearest = list(dict.fromkeys(_candidates(targets, pictures, max(k, CANDIDATES))))
    scores = score(targets, pictures.index.vectors(nearest)).tolist()
    found = [pair for pair in zip(nearest, scores, strict=True) if pair[1] > NO_MATCH]
    return sorted(found, key=lambda pair: -pair[1])


def _candidates(targets: Targets, pictures: Pictures, k: int) -> Iterator[int]:
    """Give the ids of the k pictures nearest to each direction in which matches may lie."""
    for direction in targets.directions():
        yield from (id for id, _ in pictures.index.search(direction, k))


def _hit(address: str, score: float) -> Hit:
    return Hit(address, PurePath(address).name, score)
