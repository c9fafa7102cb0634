"""How well everyday words find photos with all, or some, that each shows written down."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from embeddings.evaluation.answers import read_labels
from embeddings.evaluation.calibration import at_or_above
from embeddings.library.encoder import ImageEncoder
from embeddings.retrieval.class_mixture import ClassMixture
from embeddings.retrieval.query import ResolvedQuery, parse, resolve
from embeddings.retrieval.scoring import NO_MATCH, score
from embeddings.retrieval.senses import read_phrase
from embeddings.retrieval.targets import ways_to_find
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import top_k

TOP = 12
LEAST_PHOTOS = 3  # that show a word which counts
_WORDS = """people man woman child baby dog cat bird horse cow sheep fish insect flower rose tulip sunflower tree leaf
grass garden forest field mountain hill beach coast sea ocean lake river waterfall snow sky cloud sunset fog
rain street road highway city building house tower church bridge car bus truck train bicycle motorcycle boat
ship airplane crosswalk hydrant chimney room kitchen bedroom bathroom living_room office library shop
restaurant chair sofa table bed desk lamp clock book newspaper telephone laptop keyboard bottle cup bowl
plate spoon food meal breakfast bread cake cheese meat salad soup pizza sandwich fruit apple banana orange
vegetable tomato carrot coffee wine beer toy ball football tennis swimming chess painting drawing document
chart statue umbrella hat shoe"""
EVERYDAY_WORDS = tuple(_WORDS.split())


def score_finding(folder: Path, labels: Path, encoder: ImageEncoder) -> dict[str, Any]:
    """Measure how well everyday words find photos: precision, recall, and words that find nothing though it is there.

    A photo shows a word when one of its labels is a sense of the word or a kind of one.
    """
    photos, right = read_labels(folder, labels)
    vectors = np.stack([encoder.encode(photo) for photo in tqdm(photos, unit="photo", leave=False, disable=None)])
    return {"photos": len(photos)} | found_by_words(vectors, right, ClassMixture(encoder.classes))


def found_by_words(
    vectors: np.ndarray, right: Sequence[tuple[int, ...]], mixture: ClassMixture, words: Sequence[str] = EVERYDAY_WORDS
) -> dict[str, Any]:
    """Search vectors (N, D) of photos for words; `right` are the rows of the nouns that each photo shows."""
    above = [at_or_above(load_nouns(), rows) for rows in right]
    precisions, recalls, silent = {}, [], []
    parts = mixture.decompose(vectors)
    for word in words:
        text = word.replace("_", " ")
        shows = np.array([not shown.isdisjoint(read_phrase(text).senses) for shown in above])
        if shows.sum() < LEAST_PHOTOS:
            continue
        shown = _first(resolve(parse(text)), vectors, parts, mixture)
        hits = int(shows[shown].sum())
        precisions[text] = round(hits / max(1, len(shown)), 2)
        recalls.append(hits / min(TOP, int(shows.sum())))
        if not len(shown):
            silent.append(text)
    return {
        "words that photos show": len(precisions),
        f"precision@{TOP}": round(float(np.mean(list(precisions.values()))), 4) if precisions else 0.0,
        f"share found of what {TOP} places could hold": round(float(np.mean(recalls)), 4) if recalls else 0.0,
        "nothing shown for": silent,
        "precision by word": precisions,
    }


def _first(query: ResolvedQuery, vectors: np.ndarray, parts: np.ndarray, mixture: ClassMixture) -> np.ndarray:
    """Give the places of the first photos that match, widened as in a search."""
    for targets in ways_to_find(query, mixture):
        scores = score(targets, vectors, parts)
        best = top_k(scores, TOP)
        if scores[best[0]] > NO_MATCH:
            return best[scores[best] > NO_MATCH]
    return np.zeros(0, int)
