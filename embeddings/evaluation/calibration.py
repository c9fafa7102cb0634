"""Whether answers are right as often as they say, and how much is answered at what accuracy; also as figures."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from sklearn.calibration import calibration_curve

from embeddings.results import Answer
from embeddings.wordnet.graph import Nouns, load_nouns
from zoo.errors import BadQuery

ACCURACY = 0.9  # at which coverage is told
CONFIDENCES = np.round(np.arange(0.02, 1, 0.02), 2)
TOLD = slice(4, None, 5)  # of these: 0.1, 0.2 ...
BINS = 10

Draw = Callable[..., None]  # draws the two curves


class Answers(Protocol):
    """What answers to the class probabilities of a picture."""

    def answer(self, probabilities: np.ndarray, *, confidence: float) -> Answer:
        """Name a picture."""


def score_confidence(
    classifier: Answers, probabilities: np.ndarray, right: Sequence[tuple[int, ...]], *, draw: Draw | None = None
) -> dict[str, float | list[float]]:
    """Measure coverage at 90 % accuracy, the expected calibration error, and both curves.

    An answer is right when it is a noun that names the photo or is above one. Calibration is over the answers to every
    confidence that a user can ask for.
    """
    truths = {rows: at_or_above(load_nouns(), rows) for rows in set(right)}
    said = [[classifier.answer(one, confidence=float(least)) for least in CONFIDENCES] for one in probabilities]
    known = np.array([[answer.known for answer in answers] for answers in said])  # (N, confidences)
    true = np.array(
        [[answer.id in truths[rows] for answer in answers] for answers, rows in zip(said, right, strict=True)]
    )
    stated = np.array([[answer.sureness for answer in answers] for answers in said])
    coverage = known.mean(axis=0)
    accuracy = np.array([true[:, i][known[:, i]].mean() if known[:, i].any() else 1.0 for i in range(len(CONFIDENCES))])
    happened, expected = calibration_curve(true[known], stated[known], n_bins=BINS)
    counts = np.histogram(stated[known], bins=np.linspace(0, 1, BINS + 1))[0]
    counts = counts[counts > 0]
    enough = coverage[accuracy >= ACCURACY]
    if draw:
        draw(reliability=(expected, happened), risk=(coverage, 1 - accuracy))
    return {
        f"answered at {ACCURACY:.0%} accuracy": round(float(enough.max()) if len(enough) else 0.0, 4),
        "expected calibration error": round(float(np.average(np.abs(expected - happened), weights=counts)), 4),
        "sureness asked": CONFIDENCES[TOLD].tolist(),
        "answered": coverage[TOLD].round(4).tolist(),
        "of them right": accuracy[TOLD].round(4).tolist(),
    }


def at_or_above(nouns: Nouns, rows: tuple[int, ...]) -> set[str]:
    """Collect the synset ids of some nouns and of all above them."""
    ids = {nouns.ids[row] for row in rows}
    return ids.union(*(nouns.ancestors(id) for id in ids))


def drawing(folder: Path | None) -> Draw | None:
    """Give what draws the figures into a folder, if there is one."""
    if folder is None:
        return None
    try:
        from embeddings.evaluation.figures import draw  # only figures need matplotlib
    except ModuleNotFoundError:
        raise BadQuery("--figures needs matplotlib: pip install -r requirements-dev.txt") from None
    return partial(draw, folder)
