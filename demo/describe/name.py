"""A picture named: the joint of zoo.encoder.encode and embeddings.naming.ranking, and its answer as data."""

from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from demo.web.noun_space import MODEL, check_space
from embeddings.naming.answer import as_facts
from embeddings.naming.ranking import namer
from embeddings.results import Answer, Hit
from embeddings.wordnet.graph import load_nouns
from zoo.encoder.encode import classes, points, shares


def look(picture: Image.Image, device: str) -> tuple[np.ndarray, np.ndarray]:
    """What a picture shows: its shares of the network's classes (C,), and its unit vector among the words (D,)."""
    check_space()
    seen = shares([picture], key=MODEL, device=device)
    return seen[0], points(seen, key=MODEL)[0]


def name(shares: np.ndarray, *, sureness: float, top: int, unseen_only: bool) -> tuple[Answer, list[Hit]]:
    """The answer, a word or an ancestor or nothing, and the ranked nouns behind it."""
    names = namer(classes(MODEL))
    without = trained_on() if unseen_only else frozenset()
    candidates = set(load_nouns().ids) - without if unseen_only else None
    return (
        names.answer(shares, sureness=sureness, candidates=candidates, without=without),
        names.rank(shares, k=top, candidates=candidates),
    )


def as_json(file: str, answer: Answer, hits: list[Hit]) -> dict[str, Any]:
    """The shape that `python -m embeddings name --json` prints for a picture."""
    return as_facts(file, answer, hits, trained_on())


@cache
def trained_on() -> frozenset[str]:
    """The synset ids of the classes that the network saw photos of in its training."""
    return frozenset(classes(MODEL))
