"""A picture named: the joint of zoo.encode and embeddings.naming, and its answer as data."""

from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from embeddings.answers import Answer, as_facts
from embeddings.naming import namer
from embeddings.nouns import load_nouns
from embeddings.search import Hit
from embeddings.vectors import data_sha256
from zoo.encode import classes, points, shares, words_sha256
from zoo.errors import WeightsRefused

MODEL = "devise.nouns"


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


@cache
def check_space() -> None:
    if words_sha256(MODEL) != data_sha256():
        raise WeightsRefused(f"{MODEL} was trained on other noun vectors than embeddings/data holds; get Iris anew")
