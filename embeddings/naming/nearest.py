"""The nouns nearest to a vector."""

from collections.abc import Collection

import numpy as np

from embeddings.naming.vocabulary import candidate_rows
from embeddings.results import Hit
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import best_of
from embeddings.words.table import load_noun_vectors
from zoo.errors import BadQuery


def words_for(vector: np.ndarray, *, k: int = 10, candidates: Collection[str] | None = None) -> list[Hit]:
    """The k nouns nearest to a unit vector, of all or of the candidate synset ids."""
    if k < 1:
        raise BadQuery(f"asked for {k} answers; at least 1 is needed")
    nouns, vectors = load_nouns(), load_noun_vectors()
    vector = np.asarray(vector, dtype=np.float32).reshape(-1)
    if len(vector) != vectors.shape[1]:
        raise BadQuery(f"a vector of {len(vector)} numbers is of another space; the nouns have {vectors.shape[1]}")
    rows = candidate_rows(candidates)
    scores = (vectors @ vector)[rows]
    best = best_of(scores, k)
    ids = [nouns.ids[row] for row in np.arange(len(nouns))[rows][best]]
    return [Hit(id, nouns.label(id), float(scores[row])) for id, row in zip(ids, best, strict=True)]
