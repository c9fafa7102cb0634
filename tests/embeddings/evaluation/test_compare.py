"""Ways to make vectors, side by side."""

import numpy as np
import pytest

from embeddings.evaluation.compare import retrofit
from embeddings.words.linalg import unit


def test_retrofitting_draws_neighbours_together_and_leaves_the_rest() -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(4, 8)).astype(np.float32))
    moved = retrofit(vectors, np.array([[0, 1], [1, 0], [1, 2], [2, 1]]))
    assert unit(moved[0]) @ unit(moved[1]) > vectors[0] @ vectors[1]
    assert (moved[3] == vectors[3]).all()


def test_a_retrofitted_vector_is_half_its_own_and_half_its_neighbours() -> None:
    vectors = np.eye(3, dtype=np.float32)
    moved = retrofit(vectors, np.array([[0, 1], [0, 2], [1, 0], [2, 0]]))
    assert moved[0] == pytest.approx((vectors[0] + (moved[1] + moved[2]) / 2) / 2, abs=1e-2)
