"""Ways to make the noun vectors of one model, measured side by side."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from gensim.models import KeyedVectors

from embeddings.evaluation.nouns import class_scores, classes_in, noun_scores
from embeddings.train.build import all_but_the_top, choose_words, noun_recipe, read_model
from embeddings.wordnet.graph import Nouns, load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import FULL_WEIGHT, Words, lemma_vectors, noun_vectors

HIERSE = float(np.exp(-1))  # Li et al. 2015
ROUNDS = 10


def compare_nouns(folder: Path, model_file: Path) -> dict[str, Any]:
    """Measure every kind of noun vectors, on the graph and on the classes of the labelled pictures in a folder."""
    nouns, model, classes = load_nouns(), read_model(model_file), classes_in(folder)
    scores = {}
    for name, vectors in _placements(nouns, model):
        scores[name] = noun_scores(nouns, vectors) | class_scores(nouns, vectors, classes)
    return scores


def _placements(nouns: Nouns, model: KeyedVectors) -> Iterator[tuple[str, np.ndarray]]:
    names = choose_words(nouns, model)
    recipe = noun_recipe(nouns, {word: row for row, word in enumerate(names)})
    words = Words(names, recipe | {"vectors": all_but_the_top(model[names])}, nouns)
    yield "bundled", noun_vectors(words)
    yield "words alone", noun_vectors(words, decay=0)
    yield "HierSE", noun_vectors(words, decay=HIERSE)
    for decay in (0.4, 0.5, 0.6, 0.7):
        yield f"decay {decay}", noun_vectors(words, decay=decay)
    whole = recipe | {
        "noun_lengths": np.where(recipe["noun_lengths"] > FULL_WEIGHT / 5, FULL_WEIGHT, recipe["noun_lengths"])
    }
    yield "every sense whole", noun_vectors(Words(names, whole | {"vectors": words.vectors}, nouns))
    both_ways = np.concatenate([nouns.edges, nouns.edges[:, ::-1]])
    yield "retrofitted synsets", unit(retrofit(lemma_vectors(words), both_ways))


def retrofit(vectors: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Vectors half their own and half the mean of their neighbours in a graph (Faruqui et al. 2015, alpha = 1)."""
    first, second = edges[np.argsort(edges[:, 0], kind="stable")].T
    moved_rows, starts, degree = np.unique(first, return_index=True, return_counts=True)
    moved = vectors.copy()
    for _ in range(ROUNDS):
        means = np.add.reduceat(moved[second], starts, axis=0) / degree[:, None].astype(np.float32)
        moved[moved_rows] = (vectors[moved_rows] + means) / 2
    return moved
