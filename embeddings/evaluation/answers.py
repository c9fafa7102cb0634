"""How right answers are on photos of everyday life, with all that each shows written down, and how sure they may be."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from embeddings.evaluation.calibration import drawing, score_sureness
from embeddings.evaluation.data import data_of
from embeddings.naming.calibration import log_odds
from embeddings.naming.ranking import Namer
from embeddings.wordnet.graph import load_nouns
from zoo.errors import BadQuery

LABELS = Path(__file__).parents[1] / "labels" / "everyday.tsv"
LEAST = 0.04  # share below a noun from which on it is looked at
FREE = 1e6  # a regression that nothing holds back


def score_answers(options: Namespace) -> dict[str, Any]:
    """Coverage and calibration of answers, and the constants of naming that these photos would have chosen.

    An answer is right when it is one of the nouns written down for the photo, or above one.
    """
    folder = data_of(options, f"the photos that {options.labels.name} names")
    draw, sight = drawing(options.figures), options.sight(options)
    photos, right = read_labels(folder, options.labels)
    shares = np.stack([sight.shares(photo) for photo in tqdm(photos, unit="photo", leave=False, disable=None)])
    namer = Namer(sight.classes)
    found = score_sureness(namer, shares, right, draw=draw)
    return {"photos": len(photos)} | found | {"constants that fit best": fitted(namer, shares, right)}


def read_labels(folder: Path, labels: Path) -> tuple[list[Path], list[tuple[int, ...]]]:
    """Photos, and the rows of the nouns that each shows; a line is the photo's path, a tab and synset ids by commas.

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


def fitted(namer: Namer, shares: np.ndarray, right: Sequence[tuple[int, ...]]) -> list[float] | None:
    """CERTAINTY, TRUST and PER_STEP of `embeddings.naming.ranking`, by logistic regression over photos and nouns.

    None where everything looked at is right, or nothing.
    """
    from sklearn.linear_model import LogisticRegression  # slow to import

    seen, true = [], []
    for one, rows in zip(shares, right, strict=True):
        above = {namer.nouns.row(id) for row in rows for id in namer.nouns.ancestors(namer.nouns.ids[row])} | set(rows)
        below = namer.below(one)
        there = np.flatnonzero((below > LEAST) & namer.useful)
        seen.append(np.stack([log_odds(below[there]), -namer.nouns.depths[there]], axis=1))
        true += [row in above for row in there.tolist()]
    if len(set(true)) < 2:
        return None
    model = LogisticRegression(C=FREE, max_iter=1000).fit(np.concatenate(seen), true)
    certainty, step = model.coef_[0]
    return [round(float(value), 3) for value in (certainty, model.intercept_[0], step)]
