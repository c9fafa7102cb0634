"""The nouns behind FAISS: as exact numpy finds them, and made once."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from embeddings.words import noun_index
from embeddings.words.linalg import top_k, unit
from embeddings.words.noun_index import NounIndex, load_noun_index
from embeddings.words.table import load_noun_vectors, load_words

K = 12


@pytest.fixture(scope="module")
def index() -> NounIndex:
    return NounIndex.build(load_noun_vectors())


def of_words(random: np.random.Generator) -> np.ndarray:
    return load_words().vectors[random.choice(len(load_words().words), 150, replace=False)]


def of_nouns_with_noise(random: np.random.Generator) -> np.ndarray:
    nouns = load_noun_vectors()[random.choice(len(load_noun_vectors()), 150, replace=False)]
    return unit(nouns + 0.5 * unit(random.normal(size=nouns.shape))).astype(np.float32)


def like_pictures(random: np.random.Generator) -> np.ndarray:
    nouns = load_noun_vectors()
    shares = random.dirichlet((2, 1, 0.5), size=150).astype(np.float32)
    return unit(np.einsum("nk,nkd->nd", shares, nouns[random.integers(len(nouns), size=(150, 3))]))


@pytest.mark.parametrize("queries", [of_words, of_nouns_with_noise, like_pictures])
def test_nearly_all_of_the_true_nearest_are_found(
    index: NounIndex, queries: Callable[[np.random.Generator], np.ndarray]
) -> None:
    vectors = queries(np.random.default_rng(0))
    cosines = vectors @ load_noun_vectors().T
    truth = np.array([top_k(row, K) for row in cosines])
    rows, scores = index.search(vectors, K)
    pairs = zip(rows.tolist(), truth.tolist(), strict=True)
    recall = np.mean([len(set(found) & set(true)) / K for found, true in pairs])
    assert recall >= 0.999
    assert scores == pytest.approx(np.take_along_axis(cosines, rows, axis=1), abs=1e-5)
    assert (np.diff(scores, axis=1) <= 0).all()


def test_more_nouns_than_there_are_cannot_be_found() -> None:
    few = unit(np.random.default_rng(0).normal(size=(40, 8))).astype(np.float32)
    rows, _ = NounIndex.build(few).search(few[3], 100)
    assert sorted(rows[0].tolist()) == list(range(40)) and rows[0, 0] == 3


@pytest.mark.slow
def test_the_codes_are_made_once_and_made_anew_where_they_are_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path))
    made = []
    build = noun_index.build_codes
    monkeypatch.setattr(noun_index, "build_codes", lambda vectors: made.append(1) or build(vectors))
    query = load_noun_vectors()[60_000]

    def load() -> int:
        load_noun_index.cache_clear()
        return int(load_noun_index().search(query, 1)[0][0, 0])

    assert load() == load() == 60_000 and len(made) == 1
    (kept,) = (tmp_path / "nouns").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1] + b"x")
    assert load() == 60_000 and len(made) == 2 and "damaged" in caplog.text
    (tmp_path / "nouns").rename(tmp_path / "gone")
    (tmp_path / "nouns").write_text("no folder")
    assert load() == 60_000 and len(made) == 3
    load_noun_index.cache_clear()
