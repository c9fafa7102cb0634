"""Published ways to name pictures among nouns that no photo showed in training, each a function of a few lines.

Every one leads from pictures to points (N, D), whose product with a noun vector, less a bias for nouns that are
near everything, is its score. F is the number of features of a picture, C of classes, D of the word vectors.
"""

import numpy as np

from embeddings.words.linalg import unit

CONSE_TOP = 10
MARGIN, WRONG, EPOCHS, BATCH, RATE = 0.1, 32, 30, 32, 0.05  # of DeViSE; the margin is the paper's
RIDGE = 1.0  # regularisation of all closed forms, on unit features and vectors
HUBS = 10  # neighbours by which CSLS knows a hub; the paper's
STACKING_BIAS = 0.1  # what seen classes lose


def conse(probabilities: np.ndarray, classes: np.ndarray, top: int = CONSE_TOP) -> np.ndarray:
    """Give the mean of the likeliest classes' vectors (C, D) by their probabilities (N, C) (Norouzi et al. 2014)."""
    best = np.argsort(-probabilities, axis=1)[:, :top]
    return unit(np.einsum("nt,ntd->nd", np.take_along_axis(probabilities, best, axis=1), classes[best]))


def devise(features: np.ndarray, labels: np.ndarray, classes: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Train a linear map (F, D) by the hinge rank loss against random wrong classes (Frome et al. 2013, eq. 1).

    The convolutions stay as they are, as in the paper's first phase; gradients are scaled as by Adagrad, as there.
    """
    rng = np.random.default_rng(seed)
    weights = np.zeros((features.shape[1], classes.shape[1]), np.float32)
    squares = np.full_like(weights, 1e-8)
    for _ in range(EPOCHS):
        for batch in np.array_split(rng.permutation(len(features)), -(-len(features) // BATCH)):
            wrong = rng.integers(len(classes), size=(len(batch), WRONG))
            away = classes[wrong] - classes[labels[batch], None]  # (n, WRONG, D)
            loss = MARGIN + np.einsum("nwd,nd->nw", away, features[batch] @ weights)
            counts = (loss > 0) & (wrong != labels[batch, None])
            gradient = features[batch].T @ np.einsum("nw,nwd->nd", counts.astype(np.float32), away) / len(batch)
            squares += gradient**2
            weights -= RATE * gradient / np.sqrt(squares)
    return weights


def ridge_to_words(features: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Fit the linear map (F, D) from features to the vectors (N, D) of their classes, by least squares."""
    return _ridge(features, vectors)


def ridge_to_features(features: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Fit the linear map (D, F) from vectors to features, which makes fewer hubs (Shigeto et al. 2015)."""
    return _ridge(vectors, features)


def eszsl(features: np.ndarray, labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Fit the bilinear map (F, D) in closed form (Romera-Paredes and Torr 2015); classes without a photo take no part.

    What a photo does not show counts 0 and not -1 as in the paper, for else each photo points away from all classes,
    and among all nouns, most of which are no class, the farthest wins: hit@20 was 0.
    """
    there, labels = np.unique(labels, return_inverse=True)
    targets = np.eye(len(there), dtype=np.float32)[labels]  # (N, C)
    return _ridge(classes[there], _ridge(features, targets).T).T


def hubs(points: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Measure how near each noun is to the nearest of a bank of pictures; CSLS takes off half (Conneau et al. 2018)."""
    count = min(HUBS, len(points))
    parts = np.array_split(vectors, 80)  # for memory's sake
    return np.concatenate([np.partition(part @ points.T, -count, axis=1)[:, -count:].mean(axis=1) for part in parts])


def stacking(rows: np.ndarray, nouns: int, less: float = STACKING_BIAS) -> np.ndarray:
    """Give what calibrated stacking takes off seen classes, which else hide the others (Chao et al. 2016). (nouns,)"""
    bias = np.zeros(nouns, np.float32)
    bias[rows] = less
    return bias


def _ridge(inputs: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    gram = inputs.T @ inputs + RIDGE * np.eye(inputs.shape[1], dtype=np.float32)
    return np.linalg.solve(gram, inputs.T @ outputs)
