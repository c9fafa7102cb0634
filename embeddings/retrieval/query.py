"""What is searched for: typed words, phrases, signs and quoted pictures as one vector, and what it was made from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from embeddings.text import FUNCTION_WORDS
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.query_syntax import read_query
from embeddings.words.table import Words, load_noun_vectors, load_words
from zoo.errors import BadQuery, UnknownWord
from zoo.files import PICTURE_FORMATS

Look = Callable[[Path], np.ndarray]
LookUp = Callable[[str], np.ndarray]


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
    return Path(text).suffix.lower() in PICTURE_FORMATS


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


@dataclass(frozen=True)
class Query:
    """What is searched for: a unit vector, and what it was made from."""

    vector: np.ndarray  # (D,)
    words: tuple[frozenset[str], ...] = ()  # the synset ids of each word that is asked for; none where it is no noun
    pictures: tuple[np.ndarray, ...] = ()  # the vector of each picture whose like is asked for
    without: frozenset[str] = frozenset()  # synset ids

    def like(self, vector: np.ndarray) -> "Query":
        """The same and a picture, with equal weight, which puts pictures that show both farthest in front."""
        return replace(self, vector=unit(self.vector + vector), pictures=(*self.pictures, vector))


def like(vector: np.ndarray) -> Query:
    """The query for what a picture shows."""
    return Query(vector, pictures=(vector,))


def asked(text: str, look: Look | None = None, look_up: LookUp | None = None) -> Query:
    """What a typed query searches for; `query_vector` says what may stand in it."""
    look = cache(look) if look else None
    vector = query_vector(text, look, look_up)
    words, pictures, without = [], [], set()
    for term in read_query(text):
        if look and is_picture(term.text):
            pictures += [look(Path(term.text))] if term.sign > 0 else []
        elif term.sign > 0:
            words.append(frozenset(_head(term.text)))
        else:
            without.update(_head(term.text))
    return Query(vector, tuple(words), tuple(pictures), frozenset(without))


def _head(phrase: str) -> list[str]:
    """The synset ids of a phrase, or else of its head: "red car" asks for cars, "dog on a sofa" for dogs."""
    words = phrase.split()
    end = next((place for place, word in enumerate(words) if place and word.lower() in FUNCTION_WORDS), len(words))
    tried = (phrase, *(" ".join(words[start:end]) for start in range(end)))
    return next((ids for each in tried if (ids := load_nouns().senses_as_written(each))), [])
