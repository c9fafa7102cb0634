"""Search in the space that words and pictures share: nouns for a vector, pictures for a query."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from embeddings.errors import BadQuery, UnknownWord
from embeddings.nouns import load_nouns
from embeddings.pictures import ENDINGS, PictureSet
from embeddings.vectors import Words, load_noun_vectors, load_words, read_query, unit

SURENESS = 0.5  # an answer that is right at least this often
GENERAL_DEPTH, GENERAL_NOUNS = 5, 2000  # "artifact" and "organism" answer nothing; "structure" and "food" do

Look = Callable[[Path], np.ndarray]
LookUp = Callable[[str], np.ndarray]


@dataclass(frozen=True)
class Hit:
    """One thing found: a synset id or a file path, its words, and the cosine."""

    id: str
    label: str
    score: float


@dataclass(frozen=True)
class Answer:
    """What a picture shows, as specific as is sure; `known` is False when nothing useful is."""

    known: bool
    id: str | None
    label: str
    sureness: float  # 0..1


UNKNOWN = "I do not know"


def words_for(vector: np.ndarray, *, k: int = 10, candidates: Collection[str] | None = None) -> list[Hit]:
    """The k nouns nearest to a unit vector, of all or of the candidate synset ids."""
    if k < 1:
        raise BadQuery(f"asked for {k} answers; at least 1 is needed")
    nouns = load_nouns()
    rows = _candidate_rows(candidates)
    scores = _scores(vector, rows)
    best = best_of(scores, k)
    ids = [nouns.ids[i] for i in (best if rows is None else rows[best])]
    return [Hit(id, nouns.label(id), float(scores[row])) for id, row in zip(ids, best, strict=True)]


def best_of(scores: np.ndarray, k: int) -> np.ndarray:
    """The places of the k highest scores, best first; all where there are fewer."""
    best = np.argpartition(-scores, min(k, len(scores)) - 1)[:k]
    return best[np.argsort(-scores[best], kind="stable")]


def answer_for(
    vector: np.ndarray, *, sharpness: float, sureness: float = SURENESS, candidates: Collection[str] | None = None
) -> Answer:
    """The most specific noun that is sure enough, else its deepest ancestor that is, else an unknown.

    Probabilities are a softmax over the nouns of `sharpness` times the cosine; the probability of a synset also counts
    for everything above it (Deng et al. 2012, "Hedging your bets").
    """
    if not 0 < sureness <= 1:
        raise BadQuery(f"a sureness of {sureness}; it lies above 0 and goes up to 1")
    nouns = load_nouns()
    rows = _candidate_rows(candidates)
    logits = sharpness * _scores(vector, rows)
    chances = np.exp(logits - logits.max())
    own = np.zeros(len(nouns))
    own[slice(None) if rows is None else rows] = chances / chances.sum()
    below, above = nouns.closure.T
    mass = np.bincount(above, weights=own[below], minlength=len(nouns))
    sure = np.flatnonzero((mass >= sureness) & ~_general())
    if not len(sure):
        return Answer(False, None, UNKNOWN, float(mass[~_general()].max()))
    row = max(sure, key=lambda row: (nouns.depths[row], mass[row]))
    return Answer(True, nouns.ids[row], nouns.label(nouns.ids[row]), min(1.0, float(mass[row])))


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


def _candidate_rows(candidates: Collection[str] | None) -> np.ndarray | None:
    if candidates is None:
        return None
    if not candidates:
        raise BadQuery("the list of candidate nouns is empty; give at least one synset id")
    return np.array(sorted({load_nouns().row(id) for id in candidates}))


def _scores(vector: np.ndarray, rows: np.ndarray | None) -> np.ndarray:
    """Cosines with all nouns or with some."""
    vectors = load_noun_vectors()
    vector = np.asarray(vector, dtype=np.float32).reshape(-1)
    if len(vector) != vectors.shape[1]:
        raise BadQuery(f"a vector of {len(vector)} numbers is of another space; the nouns have {vectors.shape[1]}")
    scores = vectors @ vector
    return scores if rows is None else scores[rows]


@cache
def _general() -> np.ndarray:
    """Nouns too general to answer anything: next to the root, or near it and above thousands of others. (82115,)"""
    nouns = load_nouns()
    covered = np.bincount(nouns.closure[:, 1], minlength=len(nouns))
    return (nouns.depths <= 2) | ((nouns.depths <= GENERAL_DEPTH) & (covered > GENERAL_NOUNS))
