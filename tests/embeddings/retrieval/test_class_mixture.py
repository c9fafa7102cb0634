"""Shares of classes, told from vectors."""

import numpy as np
import pytest

from embeddings.retrieval.class_mixture import ClassMixture
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import load_noun_vectors

PUG, LION, DOG, FELINE = "n02110958", "n02129165", "n02084071", "n02120997"


@pytest.fixture(scope="module")
def known() -> ClassMixture:
    return ClassMixture((PUG, LION, *load_nouns().ids[5000:80000:250]))


def test_the_weights_that_a_vector_was_mixed_from_are_found(known: ClassMixture) -> None:
    mixed = np.random.default_rng(0).dirichlet(np.full(len(known.vectors), 0.004), size=200).astype(np.float32)
    shares = known.decompose(unit(mixed @ known.vectors))
    assert shares.sum(axis=1) == pytest.approx(np.ones(200), abs=1e-5)
    assert (shares.argmax(axis=1) == mixed.argmax(axis=1)).mean() > 0.9
    assert np.abs(shares - mixed).sum(axis=1).mean() / 2 < 0.2


def test_a_class_alone_has_nearly_all_of_its_vector(known: ClassMixture) -> None:
    shares = known.decompose(known.vectors)
    assert shares.argmax(axis=1).tolist() == list(range(len(shares)))
    assert np.median(np.diag(shares)) > 0.95


def test_a_vector_that_is_like_no_class_has_shares_all_the_same() -> None:
    pug, other = (load_noun_vectors()[load_nouns().row(id)] for id in (PUG, LION))
    shares = ClassMixture((PUG,)).decompose(np.stack([-pug, other]))
    assert shares.tolist() == [[1], [1]]


def test_vectors_are_taken_apart_alike_however_many_there_are(known: ClassMixture) -> None:
    mixed = unit(np.random.default_rng(0).dirichlet(np.full(len(known.vectors), 0.01), size=7) @ known.vectors)
    at_once = known.decompose(mixed)
    assert known.decompose(mixed, batch=3) == pytest.approx(at_once, abs=1e-5)
    assert known.decompose(mixed[:0]).shape == (0, len(known.vectors))


def test_kinds_are_classes_below_a_noun_or_itself(known: ClassMixture) -> None:
    assert known.descendants(frozenset({DOG}))[:2].tolist() == [True, False]
    assert known.descendants(frozenset({FELINE, PUG}))[:2].tolist() == [True, True]
    assert not known.descendants(frozenset()).any()


def test_the_direction_of_classes_puts_them_before_the_others(known: ClassMixture) -> None:
    wanted = np.zeros(len(known.vectors), dtype=bool)
    wanted[[0, 1, 100]] = True
    cosines = known.vectors @ known.direction(wanted)
    assert (cosines[~wanted] > cosines[wanted].min()).mean() < 0.01
    assert np.linalg.norm(known.direction(wanted)) == pytest.approx(1, abs=1e-5)


def test_unknown_classes_are_left_out(known: ClassMixture) -> None:
    none = ClassMixture(("n00000000",))
    assert none.vectors.shape == (0, known.vectors.shape[1])
    assert none.max_cosine(known.vectors[:3]).tolist() == [0, 0, 0]
    assert not len(none.descendants(frozenset({DOG})))
