"""What a search shows: pictures that hold enough of what is asked for, near-copies of one picture folded."""

from pathlib import Path

import numpy as np

from embeddings.library.collection import PictureSet
from embeddings.library.vector_index import VectorIndex
from embeddings.results import Hit, Match
from embeddings.retrieval.class_mixture import Mixtures, mixtures
from embeddings.retrieval.near_duplicates import group_near_duplicates
from embeddings.retrieval.query import Query
from zoo.errors import BadQuery


def similar(vector: np.ndarray, pictures: PictureSet, *, k: int = 12) -> list[Hit]:
    """The k pictures nearest to a vector."""
    found = pictures.index.search(vector, k)
    paths = pictures.paths(id for id, _ in found)
    return [Hit(str(path), path.name, score) for path, (_, score) in zip(paths, found, strict=True)]


TOP = 12
CANDIDATES = 120  # nearest pictures that are looked at closely
SHOWN = 0.12  # of a picture is enough: at 0.08 one in a hundred more is found, and four in a hundred more are wrong
NEAR = 0.8  # times as like a query as like its nearest class: at 0.7 twice as many words that no picture shows match
FLOOR = 0.4  # no picture is near "democracy", so what comes nearest to it is no match
NO_MATCH = float("-inf")


def matches(query: Query, pictures: PictureSet, *, k: int = TOP, fold: bool = True) -> list[Match]:
    """The k pictures that match best, and only such as match; near-copies folded into the best of them.

    Pictures that are gone since the last indexing are left out. Raises BadQuery where all are, with their folder.
    """
    if k < 1:
        raise BadQuery(f"asked for {k} answers; at least 1 is needed")
    known = mixtures(pictures.classes)
    nearest = _candidates(query, known, pictures.index, max(k, CANDIDATES))
    scored = zip(nearest, scores(query, pictures.index.vectors(nearest), known).tolist(), strict=True)
    found = sorted(((id, score) for id, score in scored if score > NO_MATCH), key=lambda pair: -pair[1])
    names = pictures.names(id for id, _ in found)
    there = [row for row, name in enumerate(names) if pictures.holds(name)]
    if names and not there and not pictures.folder.exists():
        raise BadQuery(f"no folder or zip {pictures.folder}; it was moved or deleted, give one that exists")
    ids, hits = [found[row][0] for row in there], [_hit(pictures.folder / names[row], found[row][1]) for row in there]
    groups = group_near_duplicates(pictures, ids) if fold else [[place] for place in range(len(ids))]
    return [Match(hits[first], tuple(hits[place] for place in rest)) for first, *rest in groups[:k]]


def more_like(match: Match) -> str:
    """What is said of the copies of a picture that are not shown."""
    return f" (and {len(match.copies)} more like it)" if match.copies else ""


def scores(query: Query, vectors: np.ndarray, known: Mixtures) -> np.ndarray:
    """How well pictures (N, D) match, up to 1, or NO_MATCH. (N,)

    A picture matches that holds enough of one thing asked for, less what it holds of what is taken away. Its score is
    the mean of its cosine and of what it holds of the thing of which it holds least; the cosine alone where the network
    has no class of some thing. Where it has none of all, a picture matches that is nearly as like the query as like its
    own nearest class, so a clear picture of something else does not.
    """
    cosines = vectors @ query.vector
    wanted = _wanted(query, known)
    if not wanted:
        least = np.maximum(FLOOR, NEAR * known.likeness_of_nearest(vectors))
        return np.where(cosines >= least, cosines, NO_MATCH)
    shares = known.shares(vectors)  # (N, C)
    unwanted = shares @ known.kinds(query.without)
    held = np.stack([np.minimum(shares, want).sum(axis=1) for want in wanted]) - unwanted  # (things, N)
    is_whole = len(wanted) == len(query.words) + len(query.pictures)
    return np.where(held.max(axis=0) >= SHOWN, (cosines + held.min(axis=0)) / 2 if is_whole else cosines, NO_MATCH)


def _wanted(query: Query, known: Mixtures) -> list[np.ndarray]:
    """How much is wanted of each class, (C,) for each thing asked for of which there is a class."""
    words = [kinds for ids in query.words if (kinds := known.kinds(ids)).any()]
    pictures = known.shares(np.stack(query.pictures)) if query.pictures and len(known.vectors) else ()
    return [np.where(known.kinds(query.without), 0, want) for want in (*words, *pictures)]


def _candidates(query: Query, known: Mixtures, index: VectorIndex, k: int) -> list[int]:
    """The ids of the k pictures nearest to the query, and of the k nearest to the classes of each thing asked for.

    The word "mammal" itself lies far from many mammals.
    """
    directions = [query.vector, *(known.direction(want) for want in _wanted(query, known))]
    return list(dict.fromkeys(id for direction in directions for id, _ in index.search(direction, k)))


def _hit(path: Path, score: float) -> Hit:
    return Hit(str(path), path.name, score)
