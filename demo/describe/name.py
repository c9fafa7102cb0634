"""A picture named: the joint of zoo.encoder.encode and embeddings.naming.classifier, and its answer as data."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from demo.web.engine import call
from demo.web.noun_space import MODEL, check_space
from embeddings.naming.classifier import zero_shot_classifier
from embeddings.naming.facts import as_facts
from embeddings.results import Answer, Hit
from embeddings.wordnet.graph import load_nouns
from zoo.encoder.encode import classes, encode_and_classify


@dataclass(frozen=True)
class Description:
    """What is in a picture: its vector among the nouns, the answer, and the nouns behind it."""

    vector: np.ndarray  # (D,)
    answer: Answer
    hits: list[Hit]  # the best names of all nouns
    likeliest: list[Hit]  # with the chances that the answer was chosen by


def describe_picture(picture: Image.Image, device: str, *, sureness: float, top: int, unseen_only: bool) -> Description:
    """Encode and name a picture."""
    check_space()
    vectors, probabilities = call(encode_and_classify, [picture], key=MODEL, device=device)
    answer, hits = name(probabilities[0], sureness=sureness, top=top, unseen_only=unseen_only)
    likeliest = zero_shot_classifier(classes(MODEL)).alternatives(
        probabilities[0], k=top, confidence=sureness, **_allowed(unseen_only)
    )
    return Description(vectors[0], answer, hits, likeliest)


def name(probabilities: np.ndarray, *, sureness: float, top: int, unseen_only: bool) -> tuple[Answer, list[Hit]]:
    """Answer with a word, with one of its hypernyms or with nothing, and rank the nouns behind the answer."""
    classifier = zero_shot_classifier(classes(MODEL))
    answer = classifier.answer(probabilities, confidence=sureness, **_allowed(unseen_only))
    return answer, classifier.rank(probabilities, k=top, candidates=_allowed(unseen_only)["candidates"])


def _allowed(unseen_only: bool) -> dict[str, Any]:
    """Say which nouns may answer: all, or those that the network was not trained on."""
    if not unseen_only:
        return {"candidates": None, "without": frozenset()}
    return {"candidates": set(load_nouns().ids) - trained_on(), "without": trained_on()}


def as_json(file: str, answer: Answer, hits: list[Hit]) -> dict[str, Any]:
    """Give the shape that `python -m embeddings name --json` prints for a picture."""
    return as_facts(file, answer, hits, trained_on())


@cache
def trained_on() -> frozenset[str]:
    """Give the synset ids of the classes that the network saw photos of in its training."""
    return frozenset(classes(MODEL))
