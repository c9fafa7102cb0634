"""Search in the space that words and pictures share: nouns for a vector, pictures for a query."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.errors import BadQuery, UnknownWord
from embeddings.nouns import load_nouns
from embeddings.pictures import ENDINGS, PictureSet
from embeddings.vectors import Words, load_noun_vectors, load_words, read_query, unit

Look = Callable[[Path], np.ndarray]
LookUp = Callable[[str], np.ndarray]


@dataclass(frozen=True)
class Hit:
    """One thing found: a synset id or a file path, its words, and how well it fits."""

    id: str
    label: str
    score: float


def words_for(vector: np.ndarray, *, k: int = 10, candidates: Collection[str] | None = None) -> list[Hit]:
    """The k nouns nearest to a unit vector, of all or of the candidate synset ids."""
    if k < 1:
        raise BadQuery(f"asked for {k} answers; at least 1 is needed")
    nouns, vectors = load_nouns(), load_noun_vectors()
    vector = np.asarray(vector, dtype=np.float32).reshape(-1)
    if len(vector) != vectors.shape[1]:
        raise BadQuery(f"a vector of {len(vector)} numbers is of another space; the nouns have {vectors.shape[1]}")
    rows = candidate_rows(candidates)
    scores = (vectors @ vector)[rows]
    best = best_of(scores, k)
    ids = [nouns.ids[row] for row in np.arange(len(nouns))[rows][best]]
    return [Hit(id, nouns.label(id), float(scores[row])) for id, row in zip(ids, best, strict=True)]


def best_of(scores: np.ndarray, k: int) -> np.ndarray:
    """The places of the k highest scores, best first; all where there are fewer."""
    best = np.argpartition(-scores, min(k, len(scores)) - 1)[:k]
    return best[np.argsort(-scores[best], kind="stable")]


def candidate_rows(candidates: Collection[str] | None) -> np.ndarray | slice:
    """The rows of candidate synset ids, in order; all rows for None."""
    if candidates is None:
        return slice(None)
    if not candidates:
        raise BadQuery("the list of candidate nouns is empty; give at least one synset id")
    return np.array(sorted({load_nouns().row(id) for id in candidates}))


def images_for(
    query: str, pictures: PictureSet, *, k: int = 12, look: Look | None = None, look_up: LookUp | None = None
) -> list[Hit]:
    """The k pictures nearest to a query: words, phrases, "+" and "-", and quoted picture files if `look` reads them.

    `look_up` finds what the bundled words have not.
    """
    return similar(query_vector(query, look, look_up), pictures, k=k)


def similar(vector: np.ndarray, pictures: PictureSet, *, k: int = 12) -> list[Hit]:
    """The k pictures nearest to a vector."""
    found = pictures.index.search(vector, k)
    paths = pictures.paths(id for id, _ in found)
    return [Hit(str(path), path.name, score) for path, (_, score) in zip(paths, found, strict=True)]


def query_vector(query: str, look: Look | None = None, look_up: LookUp | None = None) -> np.ndarray:
    """The unit vector of a query, nouns taken with their place among all nouns, as pictures see them."""
    total = np.zeros(load_words().dimension, dtype=np.float32)
    for term in read_query(query):
        if look and is_picture(term.text):
            total += term.sign * look(Path(term.text))
        else:
            total += term.sign * _term_vector(load_words(), term.text, look_up)
    if np.linalg.norm(total) < 1e-3:
        raise BadQuery(f'"{query}" takes away all that it adds; leave a word standing')
    return unit(total)


def is_picture(text: str) -> bool:
    """Whether a term of a query names a picture file."""
    return Path(text).suffix.lower() in ENDINGS


def _term_vector(words: Words, text: str, look_up: LookUp | None = None) -> np.ndarray:
    """The word's own vector, or for a noun the mean of its senses, for a picture may show any of them.

    What is not a bundled word, or not whole, is looked up elsewhere.
    """
    if rows := [words.nouns.row(id) for id in words.nouns.senses_as_written(text)]:
        return unit(load_noun_vectors()[rows].mean(axis=0))
    try:
        found = words.vector(f'"{text}"')
    except UnknownWord:
        if look_up is None:
            raise
        return look_up(text)
    return look_up(text) if look_up and found.missing else found.vector
