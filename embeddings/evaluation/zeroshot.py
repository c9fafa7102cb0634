"""How well pictures are named among all nouns: the shipped way beside published ones, and how sure it may be."""

from collections.abc import Callable
from typing import Any

import numpy as np

from embeddings.evaluation import zeroshot_methods as methods
from embeddings.evaluation.calibration import Draw, score_confidence
from embeddings.evaluation.hit_at_k import Scored, hits
from embeddings.evaluation.labelled_photos import Photos
from embeddings.library.encoder import ImageEncoder
from embeddings.naming.classifier import ZeroShotClassifier
from embeddings.naming.config import NamingConfig
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import load_noun_vectors, load_words, noun_vectors
from zoo.errors import BadQuery

BATCH = 32
HIERSE = float(np.exp(-1))  # Li et al. 2015
ABLATIONS = {
    "without kernels": NamingConfig(kernel_weight=0),
    "without steps up": NamingConfig(hypernym_weight=0),
    "without prediction": NamingConfig(predicted_power=0),
    "without commonness": NamingConfig(commonness_power=0),
    "without stacking": NamingConfig(class_power=1),
}

Way = Callable[[Photos], Scored]


def score_zeroshot(
    photos: Photos,
    encoder: ImageEncoder,
    *,
    training: Photos | None = None,
    hold_out: int = 0,
    draw: Draw | None = None,
) -> dict[str, Any]:
    """Hits and hierarchical precision of each way, for classes seen in training and not; coverage and calibration.

    So many seen classes as `hold_out` count as unseen; ways that learn from photos learn from those of `training`.
    """
    if not len(photos):
        raise BadQuery("no photo in --data lies in a folder named by a synset id or a noun")
    held_out = _held_out(encoder.classes, photos, hold_out)
    kept = np.array([id not in held_out for id in encoder.classes])

    def probabilities(some: Photos) -> np.ndarray:
        of_all = encoder.classify(some.features)[:, kept]
        return of_all / of_all.sum(axis=1, keepdims=True)

    classes = tuple(np.array(encoder.classes)[kept].tolist())
    rows = np.array([load_nouns().row(id) for id in classes])
    seen = np.array([not set(right).isdisjoint(rows.tolist()) for right in photos.right])
    parts = {"seen": photos.part(seen), "unseen": photos.part(~seen)}
    found: dict[str, Any] = {f"{name} photos": len(part) for name, part in parts.items()}
    for way, score in _ways(classes, rows, probabilities, training).items():
        for name, part in parts.items():
            if len(part):
                table = hits(score(part), part.right, rows)
                found |= {f"{way}; {name} photos, {among}": shown for among, shown in table.items()}
    return found | score_confidence(ZeroShotClassifier(classes), probabilities(photos), photos.right, draw=draw)


def _ways(
    classes: tuple[str, ...], rows: np.ndarray, probabilities: Callable[[Photos], np.ndarray], training: Photos | None
) -> dict[str, Way]:
    """Give every way by name, the shipped one first."""
    vectors, plain = load_noun_vectors(), noun_vectors(load_words(), decay=0)
    hierse = noun_vectors(load_words(), decay=HIERSE)
    seen_bias = methods.stacking(rows, len(vectors))

    def conse(vectors: np.ndarray, bias: np.ndarray | float = 0) -> Way:
        return lambda photos: _linear(methods.conse(probabilities(photos), vectors[rows]), vectors, bias)

    named = {name: ZeroShotClassifier(classes, config) for name, config in ABLATIONS.items()}
    return {
        "shipped": lambda photos: _named(ZeroShotClassifier(classes), probabilities(photos)),
        **{name: lambda photos, of=of: _named(of, probabilities(photos)) for name, of in named.items()},
        "ConSE": conse(plain),
        "ConSE, HierSE labels": conse(hierse),
        "ConSE, bundled vectors": conse(vectors),
        "ConSE, bundled vectors, stacking": conse(vectors, seen_bias),
        **(_fitted(rows, vectors, probabilities, training) if training else {}),
    }


def _fitted(
    rows: np.ndarray, vectors: np.ndarray, probabilities: Callable[[Photos], np.ndarray], training: Photos
) -> dict[str, Way]:
    """Fit the ways that learn from features of photos of seen classes."""
    place = {row: number for number, row in enumerate(rows.tolist())}
    training = training.part(np.array([right[0] in place for right in training.right]))
    features = unit(training.features.mean(axis=1))
    labels = np.array([place[right[0]] for right in training.right])
    back = methods.ridge_to_features(features, vectors[rows[labels]])  # (D, F)
    bias = ((vectors @ (back @ back.T)) * vectors).sum(axis=1) / 2
    maps = {
        "DeViSE, linear": (methods.devise(features, labels, vectors[rows]), 0),
        "ridge to words": (methods.ridge_to_words(features, vectors[rows[labels]]), 0),
        "ridge to features": (back.T, bias),
        "ESZSL": (methods.eszsl(features, labels, vectors[rows]), 0),
    }
    hub_bias = methods.hubs(methods.conse(probabilities(training), vectors[rows]), vectors) / 2

    def conse_less_hubs(photos: Photos) -> Scored:
        return _linear(methods.conse(probabilities(photos), vectors[rows]), vectors, hub_bias)

    return {
        name: lambda photos, to=to, bias=bias: _linear(unit(photos.features.mean(axis=1)) @ to, vectors, bias)
        for name, (to, bias) in maps.items()
    } | {"ConSE, bundled vectors, CSLS": conse_less_hubs}


def _linear(points: np.ndarray, vectors: np.ndarray, bias: np.ndarray | float) -> Scored:
    every = np.arange(len(vectors))
    for start in range(0, len(points), BATCH):
        yield from ((every, scores) for scores in points[start : start + BATCH] @ vectors.T - bias)


def _named(classifier: ZeroShotClassifier, probabilities: np.ndarray) -> Scored:
    for one in probabilities:
        rows = classifier.ranking.shortlist(one)
        yield rows, classifier.ranking.scores(one, rows)


def _held_out(classes: tuple[str, ...], photos: Photos, count: int) -> set[str]:
    """So many of the seen classes of the photos, drawn at random, that are to count as unseen."""
    nouns = load_nouns()
    there = sorted({nouns.ids[row] for right in photos.right for row in right} & set(classes))
    return set(np.random.default_rng(0).permutation(there)[:count].tolist())
