"""Whether answers are right as often as they say, and how much is answered at what accuracy; also as figures."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from embeddings.naming.ranking import Namer
from zoo.errors import BadQuery

RIGHT = 0.9  # the accuracy at which coverage is told
SURENESSES = np.round(np.arange(0.02, 1, 0.02), 2)
TOLD = slice(4, None, 5)  # of these: 0.1, 0.2 ...
BINS = 10

Draw = Callable[..., None]  # draws the two curves


def score_sureness(
    namer: Namer, shares: np.ndarray, right: Sequence[tuple[int, ...]], *, draw: Draw | None = None
) -> dict[str, float | list[float]]:
    """Coverage at 90 % accuracy, the expected calibration error, and both curves.

    An answer is right when it is a noun that names the photo or is above one. Calibration is over the answers to every
    sureness that a user can ask for.
    """
    truths = {rows: _at_or_above(namer, rows) for rows in set(right)}
    said = [[namer.answer(one, sureness=float(sureness)) for sureness in SURENESSES] for one in shares]
    known = np.array([[answer.known for answer in answers] for answers in said])  # (N, surenesses)
    true = np.array(
        [[answer.id in truths[rows] for answer in answers] for answers, rows in zip(said, right, strict=True)]
    )
    sure = np.array([[answer.sureness for answer in answers] for answers in said])
    coverage = known.mean(axis=0)
    accuracy = np.array([true[:, i][known[:, i]].mean() if known[:, i].any() else 1.0 for i in range(len(SURENESSES))])
    stated, happened, counts = _reliability(sure[known], true[known])
    enough = coverage[accuracy >= RIGHT]
    if draw:
        draw(reliability=(stated, happened), risk=(coverage, 1 - accuracy))
    return {
        f"answered at {RIGHT:.0%} accuracy": round(float(enough.max()) if len(enough) else 0.0, 4),
        "expected calibration error": round(float((counts * np.abs(stated - happened)).sum() / counts.sum()), 4),
        "sureness asked": SURENESSES[TOLD].tolist(),
        "answered": coverage[TOLD].round(4).tolist(),
        "of them right": accuracy[TOLD].round(4).tolist(),
    }


def _reliability(stated: np.ndarray, happened: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean stated and true share, and count, of answers by how sure they are."""
    bins = np.minimum((stated * BINS).astype(int), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    means = [np.bincount(bins, weights=values, minlength=BINS) for values in (stated, happened)]
    filled = counts > 0
    return *(mean[filled] / counts[filled] for mean in means), counts[filled]


def _at_or_above(namer: Namer, rows: tuple[int, ...]) -> set[str]:
    ids = {namer.nouns.ids[row] for row in rows}
    return ids.union(*(namer.nouns.ancestors(id) for id in ids))


def drawing(folder: Path | None) -> Draw | None:
    """What draws the figures into a folder, if there is one."""
    if folder is None:
        return None
    try:
        from embeddings.evaluation.figures import draw  # only figures need matplotlib
    except ModuleNotFoundError:
        raise BadQuery("--figures needs matplotlib: pip install -r requirements-dev.txt") from None
    return partial(draw, folder)
