"""How right answers are on photos of everyday life, with all that each shows written down, and how sure they may be."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from embeddings.evaluation.calibration import Draw, at_or_above, score_confidence
from embeddings.library.encoder import ImageEncoder
from embeddings.naming.calibration import mass_log_odds
from embeddings.naming.classifier import ZeroShotClassifier
from embeddings.naming.vocabulary import empty_kinds
from embeddings.wordnet.graph import load_nouns
from zoo.errors import BadQuery

LABELS = Path(__file__).parents[1] / "labels" / "everyday.tsv"
LEAST_MASS = 0.04  # below a noun from which on it is looked at
UNREGULARISED = 1e6  # a regression that nothing holds back


def score_answers(folder: Path, labels: Path, encoder: ImageEncoder, *, draw: Draw | None = None) -> dict[str, Any]:
    """Measure how often answers are right, how often they are right and tell something, and how well they know it.

    An answer is right when it is one of the nouns written down for the photo, or above one. Also gives the constants of
    naming that these photos would have chosen.
    """
    photos, right = read_labels(folder, labels)
    shown = tqdm(photos, unit="photo", leave=False, disable=None)
    probabilities = np.stack([encoder.class_probabilities(photo) for photo in shown])
    classifier = ZeroShotClassifier(encoder.classes)
    kinds = [photo.relative_to(folder).parts[0].partition("-")[0] for photo in photos]  # "sport-chess" is of sport
    return {
        "photos": len(photos),
        **rightness(classifier, probabilities, right, kinds),
        **score_confidence(classifier, probabilities, right, draw=draw),
        "constants that fit best": fitted(classifier, probabilities, right),
    }


def rightness(
    classifier: ZeroShotClassifier, probabilities: np.ndarray, right: Sequence[tuple[int, ...]], kinds: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Measure the answers to the default confidence: of all photos, and of each kind of picture."""
    nouns, empty = load_nouns(), empty_kinds()
    answers = [classifier.answer(one) for one in probabilities]
    known = np.array([answer.known for answer in answers])
    true = np.array([answer.id in at_or_above(nouns, rows) for answer, rows in zip(answers, right, strict=True)])
    telling = np.array([bool(answer.id) and not empty[nouns.row(answer.id)] for answer in answers])
    parts = {"all": np.ones(len(answers), bool)} | {kind: np.array(kinds) == kind for kind in sorted(set(kinds))}
    return {
        f"answers, {name}": {
            "photos": int(part.sum()),
            "answered": round(float(known[part].mean()), 4),
            "right": round(float(true[part & known].mean()) if (part & known).any() else 1.0, 4),
            "telling and right of all": round(float((true & telling)[part].mean()), 4),
        }
        for name, part in parts.items()
    }


def read_labels(folder: Path, labels: Path) -> tuple[list[Path], list[tuple[int, ...]]]:
    """Read photos and the rows of the nouns that each shows; a line is its path, a tab and synset ids by commas.

    Raises BadQuery for a line that reads otherwise, and where there is no line or not every photo.
    """
    nouns = load_nouns()
    photos, right = [], []
    for number, line in enumerate(labels.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        name, tab, ids = line.partition("\t")
        if not tab or not all(id in nouns for id in ids.split(",")):
            raise BadQuery(f"{labels}, line {number}: expected a photo's path, a tab and synset ids by commas")
        photos.append(folder / name)
        right.append(tuple(nouns.row(id) for id in ids.split(",")))
    if not photos:
        raise BadQuery(f"{labels} is empty; each line takes a photo's path, a tab and synset ids by commas")
    if missing := [photo for photo in photos if not photo.is_file()]:
        raise BadQuery(f"{folder} lacks {len(missing)} of {len(photos)} photos of {labels.name}, such as {missing[0]}")
    return photos, right


def fitted(
    classifier: ZeroShotClassifier, probabilities: np.ndarray, right: Sequence[tuple[int, ...]]
) -> dict[str, float] | None:
    """Fit the calibration of NamingConfig by logistic regression over photos and nouns.

    None where everything looked at is right, or nothing.
    """
    from sklearn.linear_model import LogisticRegression  # slow to import

    seen, true = [], []
    for one, rows in zip(probabilities, right, strict=True):
        above = {classifier.nouns.row(id) for id in at_or_above(classifier.nouns, rows)}
        mass = classifier.tree.subtree_mass(one)
        there = np.flatnonzero((mass > LEAST_MASS) & classifier.useful)
        seen.append(np.stack([mass_log_odds(mass[there]), -classifier.nouns.depths[there]], axis=1))
        true += [row in above for row in there.tolist()]
    if len(set(true)) < 2:
        return None
    model = LogisticRegression(C=UNREGULARISED, max_iter=1000).fit(np.concatenate(seen), true)
    slope, penalty = model.coef_[0]
    found = {"platt_slope": slope, "platt_bias": model.intercept_[0], "depth_penalty": penalty}
    return {name: round(float(value), 3) for name, value in found.items()}
