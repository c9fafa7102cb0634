"""Whether nouns lie apart from each other and near their kin, how soon they are loaded and how fast they are found."""

import multiprocessing
import re
import resource
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.naming.nearest import nearest_nouns
from embeddings.retrieval.query import query_vector
from embeddings.wordnet.graph import Nouns
from embeddings.words.linalg import top_k, unit
from embeddings.words.table import load_noun_vectors
from zoo.stopwatch import median_of, timed

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

WNID = re.compile(r"n\d{8}")
SAMPLE = 1000
QUERIES = 50
MIXED, WITHIN = 5, 20  # a class is looked for among so many nouns, from so many other classes
BATCH = 50  # rows of cosines with all nouns that are held at once
RESIDENT = Path("/proc/self/statm")  # Linux says here what a process holds
APART = 1e-4  # two nouns nearer than this, as 1 - cosine, are one


def noun_scores(nouns: Nouns, vectors: np.ndarray) -> dict[str, Any]:
    """Tell whether nouns drawn at random are told apart, and lie near a parent."""
    rows = np.random.default_rng(0).choice(len(nouns), SAMPLE, replace=False)
    near = list(zip(rows, _nearest(vectors, vectors[rows], 11), strict=True))
    return {
        "nearest to itself": _share(best[0] == row for row, best in near),
        "true parent among 10 nearest": _share(_holds_parent(nouns, best[best != row][:10], row) for row, best in near),
    }


def class_scores(nouns: Nouns, vectors: np.ndarray, classes: Sequence[str]) -> dict[str, Any]:
    """Tell whether classes of pictures are told apart, and whether one is found between the others nearest to it.

    The latter stands for a picture of an unseen class, in which a classifier sees a mixture of the classes it knows.
    """
    rows = np.array([nouns.row(id) for id in classes if id in nouns], dtype=np.int64)
    margins = _margins(vectors, rows)
    found = {
        "classes in --data": len(classes),
        "of them nouns with a vector": len(rows),
        "of them nearest to themselves": int((margins > APART).sum()),
        "margin of classes, least and median": [round(float(of(margins)), 4) for of in (np.min, np.median)],
    }
    if len(rows) > MIXED:
        alike = vectors[rows] @ vectors[rows].T - 2 * np.eye(len(rows))
        mixtures = np.stack([vectors[rows[top_k(scores, MIXED)]].mean(axis=0) for scores in alike])
        guesses = list(zip(rows, _nearest(vectors, unit(mixtures), WITHIN), strict=True))
        place = f"among {WITHIN} nearest to the mean of {MIXED} others"
        found[f"class {place}"] = _share(row in best for row, best in guesses)
        found[f"class or parent {place}"] = _share(
            row in best or _holds_parent(nouns, best, row) for row, best in guesses
        )
    return found


def classes_in(folder: Path) -> list[str]:
    """Give the synset ids with which names of files and folders start, as in collections of labelled pictures."""
    return sorted({match[0] for path in folder.rglob("*") if (match := WNID.match(path.name))})


def neighbours(nouns: Nouns, vectors: np.ndarray, id: str, k: int = 7) -> list[str]:
    """Give the labels of the nouns nearest to a noun."""
    row = nouns.row(id)
    return [nouns.label(nouns.ids[near]) for near in top_k(vectors @ vectors[row], k + 1) if near != row][:k]


def sense(nouns: Nouns, id: str) -> str:
    """Give a noun with what kind of thing it is, for "crane" alone says not which."""
    return f"{nouns.label(id)}, a kind of {nouns.label(nouns.parents(id)[0])}"


def loading() -> dict[str, float]:
    """Measure how long a fresh process takes until it can answer for a word, imports apart, and what it then holds."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_load)


def query_times(nouns: Nouns, vectors: np.ndarray) -> dict[str, float]:
    """Time a typed word to 12 of all nouns, and the same question put to gensim: medians of wall time, warm."""
    ids = [nouns.ids[row] for row in np.random.default_rng(0).choice(len(nouns), QUERIES, replace=False)]
    named = keyed(nouns.ids, vectors)
    own = _milliseconds(lambda id: nearest_nouns(query_vector(f'"{nouns.label(id)}"'), k=12), ids)
    gensim = _milliseconds(lambda id: named.most_similar(id, topn=12), ids)
    return {"query, ms": own, "gensim's most_similar, ms": gensim, "gensim / own": round(gensim / own, 2)}


def keyed(names: Sequence[str], vectors: np.ndarray) -> "KeyedVectors":
    """Give the vectors as gensim holds them."""
    from gensim.models import KeyedVectors  # takes a second, which no other command should wait

    made = KeyedVectors(vectors.shape[1])
    made.add_vectors(list(names), vectors)
    return made


def _nearest(vectors: np.ndarray, points: np.ndarray, k: int) -> Iterator[np.ndarray]:
    """Find the rows of the k vectors nearest to each point, best first."""
    for start in range(0, len(points), BATCH):
        for scores in points[start : start + BATCH] @ vectors.T:
            yield top_k(scores, k)


def _margins(vectors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Measure how much nearer each vector is to itself than any other is."""
    near = [best[best != row][0] for row, best in zip(rows, _nearest(vectors, vectors[rows], 2), strict=True)]
    return 1 - (vectors[rows] * vectors[near]).sum(axis=1)


def _holds_parent(nouns: Nouns, rows: Iterable[int], row: int) -> bool:
    return not {nouns.ids[near] for near in rows}.isdisjoint(nouns.parents(nouns.ids[row]))


def _share(answers: Iterable[bool]) -> float:
    return round(float(np.mean(list(answers))), 4)


def _load() -> dict[str, float]:
    _, spent = timed(lambda: (load_noun_vectors(), query_vector("pug")))
    found = {"loading, s": round(spent.clock, 3), "loading, s of processor": round(spent.processor, 3)}
    if RESIDENT.exists():
        pages = int(RESIDENT.read_text().split()[1])
        found["resident memory, MB"] = round(pages * resource.getpagesize() / 1e6)
    return found


def _milliseconds(query: Callable[[str], object], ids: Sequence[str]) -> float:
    """Give the median time of a query."""
    return round(1000 * median_of([timed(lambda id=id: query(id))[1] for id in ids]).clock, 2)
