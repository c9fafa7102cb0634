"""Sums of words as one vector: "king - man + woman"."""

from collections.abc import Callable

import numpy as np

from embeddings.words.found import Found
from embeddings.words.linalg import unit
from embeddings.words.query_syntax import parse
from zoo.errors import BadQuery


def sum_terms(query: str, look_up: Callable[[str], Found]) -> Found:
    """Add and take away the terms of a query, each found by a table's `look_up`, to a unit vector.

    Raises UnknownWord with suggestions, and BadQuery for an empty, overlong or self-cancelling query.
    """
    terms = parse(query).terms
    found = [look_up(term.text) for term in terms]
    total = np.sum([term.sign * part.vector for term, part in zip(terms, found, strict=True)], axis=0)
    if np.linalg.norm(total) < 1e-3:
        raise BadQuery(f'"{query}" takes away all that it adds; leave a word standing')
    text = " ".join(f"{'+' if term.sign > 0 else '-'} {part.text}" for term, part in zip(terms, found, strict=True))
    how = "; ".join(f"{part.text}: {part.how}" for part in found) if len(found) > 1 else found[0].how
    words = tuple(word for part in found for word in part.words)
    missing = tuple(word for part in found for word in part.missing)
    return Found(text.removeprefix("+ "), how, unit(total), words, missing)
