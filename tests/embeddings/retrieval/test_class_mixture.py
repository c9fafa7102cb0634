"""Shares of classes, told from vectors."""

import numpy as np
import pytest

from embeddings.retrieval import class_mixture
from embeddings.retrieval.class_mixture import Mixtures
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import load_noun_vectors

PUG, LION, DOG, FELINE = "n02110958", "n02129165", "n02084071", "n02120997"
KNOWN = Mixtures((PUG, LION, *load_nouns().ids[5000:80000:250]))


def test_the_shares_that_a_vector_was_mixed_from_are_found() -> None:
    mixed = np.random.default_rng(0).dirichlet(np.full(len(KNOWN.vectors), 0.004), size=200).astype(np.float32)
    shares = KNOWN.shares(unit(mixed @ KNOWN.vectors))
    assert shares.sum(axis=1) == pytest.approx(np.ones(200), abs=1e-5)
    assert (shares.argmax(axis=1) == mixed.argmax(axis=1)).mean() > 0.9
    assert np.abs(shares - mixed).sum(axis=1).mean() / 2 < 0.2


def test_a_class_alone_has_nearly_all_of_its_vector() -> None:
    shares = KNOWN.shares(KNOWN.vectors)
    assert shares.argmax(axis=1).tolist() == list(range(len(shares)))
    assert np.median(np.diag(shares)) > 0.95


def test_a_vector_that_is_like_no_class_has_shares_all_the_same() -> None:
    pug, other = (load_noun_vectors()[load_nouns().row(id)] for id in (PUG, LION))
    shares = Mixtures((PUG,)).shares(np.stack([-pug, other]))
    assert shares.tolist() == [[1], [1]]


def test_vectors_are_taken_apart_alike_however_many_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = unit(np.random.default_rng(0).dirichlet(np.full(len(KNOWN.vectors), 0.01), size=7) @ KNOWN.vectors)
    at_once = KNOWN.shares(mixed)
    monkeypatch.setattr(class_mixture, "BATCH", 3)
    assert KNOWN.shares(mixed) == pytest.approx(at_once, abs=1e-5)
    assert KNOWN.shares(mixed[:0]).shape == (0, len(KNOWN.vectors))


def test_kinds_are_classes_below_a_noun_or_itself() -> None:
    assert KNOWN.kinds(frozenset({DOG}))[:2].tolist() == [True, False]
    assert KNOWN.kinds(frozenset({FELINE, PUG}))[:2].tolist() == [True, True]
    assert not KNOWN.kinds(frozenset()).any()


def test_the_direction_of_classes_puts_them_before_the_others() -> None:
    wanted = np.zeros(len(KNOWN.vectors), dtype=bool)
    wanted[[0, 1, 100]] = True
    cosines = KNOWN.vectors @ KNOWN.direction(wanted)
    assert (cosines[~wanted] > cosines[wanted].min()).mean() < 0.01
    assert np.linalg.norm(KNOWN.direction(wanted)) == pytest.approx(1, abs=1e-5)


def test_unknown_classes_are_left_out() -> None:
    none = Mixtures(("n00000000",))
    assert none.vectors.shape == (0, KNOWN.vectors.shape[1])
    assert none.likeness_of_nearest(KNOWN.vectors[:3]).tolist() == [0, 0, 0]
    assert not len(none.kinds(frozenset({DOG})))
