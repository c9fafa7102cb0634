"""What is searched for: typed words, phrases, signs and quoted pictures as one vector, and what it was made from."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from embeddings.retrieval.senses import Reading, is_uncountable, read_phrase
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.query_syntax import Query, Term, parse
from embeddings.words.table import load_noun_vectors, load_words
from zoo.errors import BadQuery, UnknownWord
from zoo.files import READABLE

Encode = Callable[[Path], np.ndarray]  # a picture file to its unit vector
FILE_NAME = re.compile(r"^\S*(?:\w\.[A-Za-z]{3,4}|\w*[_\d]\w*)$")  # cat.jpg, IMG_1234

LookUp = Callable[[str], np.ndarray]  # a word that the bundled words lack to a unit vector

__all__ = ["Query", "ResolvedQuery", "Thing", "is_picture", "parse", "query_by_image", "query_vector", "resolve"]


@dataclass(frozen=True)
class Thing:
    """A word or phrase of a query: the senses in which it is looked for, the commonest first, and its unit vector."""

    text: str
    senses: tuple[str, ...]  # synset ids; none where it is no noun
    vector: np.ndarray  # (D,)
    context: tuple["Thing", ...] = ()  # what it is to be seen with, if there is such a picture


@dataclass(frozen=True)
class ResolvedQuery:
    """What is searched for, and what is to be said of how it was understood."""

    text: str
    vector: np.ndarray  # (D,) of all terms; zeros where no term has one
    things: tuple[Thing, ...] = ()
    pictures: tuple[np.ndarray, ...] = ()  # the vector of each picture whose like is asked for
    without: tuple[Thing, ...] = ()
    notes: tuple[str, ...] = ()
    unknown: BadQuery | None = None  # why the text can only be a file's name

    @property
    def wanted(self) -> np.ndarray:
        """The unit vector of all that is asked for, whatever is taken away. (D,)"""
        total = sum((*(thing.vector for thing in self.things), *self.pictures), np.zeros_like(self.vector))
        return unit(total)

    def with_picture(self, vector: np.ndarray) -> "ResolvedQuery":
        """Ask for the like of a picture as well, with equal weight, which puts pictures that show both in front."""
        return replace(self, vector=unit(self.vector + vector), pictures=(*self.pictures, vector))


def query_by_image(vector: np.ndarray) -> ResolvedQuery:
    """Ask for what a picture shows."""
    return ResolvedQuery("", vector, pictures=(vector,))


def resolve(query: Query, *, encode: Encode | None = None, look_up: LookUp | None = None) -> ResolvedQuery:
    """Find what the terms of a query mean.

    `encode` sees quoted pictures, `look_up` finds what the bundled words have not. A single term that is no word, or
    that is written like a file's name, is taken for one. Raises UnknownWord with suggestions, and BadQuery for a query
    that cancels itself.
    """
    alone = query.terms[0].text if len(query.terms) == 1 else ""
    if alone and FILE_NAME.search(alone) and not (encode and is_picture(alone)) and not read_phrase(alone).senses:
        return _file_name(query, BadQuery(f'no picture is called "{alone}"; check the name, or type a word'))
    try:
        return _resolved(query, encode, look_up)
    except UnknownWord as unknown:
        if not alone:
            raise
        return _file_name(query, unknown)


def _file_name(query: Query, unknown: BadQuery) -> ResolvedQuery:
    return ResolvedQuery(query.text, np.zeros(load_words().dimension, np.float32), unknown=unknown)


def _resolved(query: Query, encode: Encode | None, look_up: LookUp | None) -> ResolvedQuery:
    things, without, pictures, notes = [], [], [], []
    total = np.zeros(load_words().dimension, dtype=np.float32)
    for term in query.terms:
        if encode and is_picture(term.text):
            vector = encode(Path(term.text))
            pictures += [vector] if term.sign > 0 else []
        else:
            reading = read_phrase(term.text)
            vector = _vector(term, reading, look_up)
            context = tuple(Thing(each.text, each.senses, _vector_of(each.senses)) for each in reading.context)
            (things if term.sign > 0 else without).append(Thing(reading.text, reading.senses, vector, context))
            notes += _notes(reading)
        total = total + term.sign * vector
    if np.linalg.norm(total) < 1e-3:
        raise BadQuery(f'"{query.text}" takes away all that it adds; leave a word standing')
    return ResolvedQuery(query.text, unit(total), tuple(things), tuple(pictures), tuple(without), tuple(notes))


def query_vector(text: str, encode: Encode | None = None, look_up: LookUp | None = None) -> np.ndarray:
    """Give the unit vector of a typed query, nouns taken with their place among all nouns, as pictures see them."""
    resolved = resolve(parse(text), encode=encode, look_up=look_up)
    if resolved.unknown:
        raise resolved.unknown
    return resolved.vector


def is_picture(text: str) -> bool:
    """Tell whether a term of a query names a picture file."""
    return Path(text).suffix.lower() in READABLE


def _vector(term: Term, reading: Reading, look_up: LookUp | None) -> np.ndarray:
    """Give the mean of a noun's senses, for a picture may show any of them, else the word's own vector.

    What is not a bundled word, or not whole, is looked up elsewhere.
    """
    if reading.senses:
        return _vector_of(reading.senses)
    try:
        found = load_words().look_up(term.text)
    except UnknownWord:
        if look_up is None:
            raise
        return look_up(term.text)
    return look_up(term.text) if look_up and found.missing else found.vector


def _vector_of(senses: Iterable[str]) -> np.ndarray:
    return unit(load_noun_vectors()[[load_nouns().row(id) for id in senses]].mean(axis=0))


def _notes(reading: Reading) -> Iterable[str]:
    """Say which words of a phrase are left out."""
    uncountable = [word for word in reading.ignored if is_uncountable(word)]
    others = [word for word in reading.ignored if not is_uncountable(word)]
    if uncountable:
        yield f"Numbers and colours are not told apart; left out: {', '.join(uncountable)}."
    if others:
        yield f'Looked for "{reading.text}"; left out: {", ".join(others)}.'
