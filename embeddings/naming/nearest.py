"""The nouns nearest to a vector."""

from collections.abc import Collection

import numpy as np

from embeddings.naming.vocabulary import candidate_rows
from embeddings.results import Hit
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import top_k
from embeddings.words.noun_index import load_noun_index
from embeddings.words.table import load_noun_vectors
from zoo.errors import BadQuery


def nearest_nouns(vector: np.ndarray, *, k: int = 10, candidates: Collection[str] | None = None) -> list[Hit]:
    """Find the k nouns nearest to a unit vector, of all (by FAISS) or of the candidate synset ids (exactly)."""
    if k < 1:
        raise BadQuery(f"asked for {k} answers; at least 1 is needed")
    nouns = load_nouns()
    vector = np.asarray(vector, dtype=np.float32).reshape(-1)
    dimension = load_noun_vectors().shape[1]
    if len(vector) != dimension:
        raise BadQuery(f"a vector of {len(vector)} numbers is of another space; the nouns have {dimension}")
    if candidates is None:
        found, cosines = load_noun_index().search(vector, k)
        rows, scores = found[0], cosines[0]
    else:
        among = candidate_rows(candidates)
        cosines = load_noun_vectors()[among] @ vector
        best = top_k(cosines, k)
        rows, scores = among[best], cosines[best]
    ids = [nouns.ids[row] for row in rows.tolist()]
    return [Hit(id, nouns.label(id), score) for id, score in zip(ids, scores.tolist(), strict=True)]
