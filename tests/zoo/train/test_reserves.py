"""Concepts that take photos of the classes before them are held back, as far as their own photos allow."""

import torch

from zoo.train.reserves import Guarded, Labelled, fitted_reserves

TAKEN = Guarded(torch.tensor([[[2.0, 0.0, 2.6, 0.0]]] * 4), torch.zeros(4, dtype=torch.long))  # by the third of four
OWN = Labelled(
    torch.tensor([[[0.0, 0.0, 3.0, 0.0]], [[0.0, 0.0, 0.0, 3.0]]] * 4),
    torch.tensor([[1.0, 0.0], [0.0, 1.0]] * 4),
    torch.tensor([[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]),
)


def test_the_concept_that_takes_photos_is_held_back_and_the_other_is_not() -> None:
    taker, other = fitted_reserves(OWN, TAKEN, 2, weight=9.0).tolist()
    assert taker > other + 0.5


def test_the_more_a_guarded_photo_counts_the_further_is_held_back() -> None:
    light, heavy = (fitted_reserves(OWN, TAKEN, 2, weight=weight)[0] for weight in (1.0, 9.0))
    assert heavy > light + 0.2


def test_a_photo_that_was_wrong_before_holds_nothing_back() -> None:
    wrong = Guarded(TAKEN.logits, torch.ones(4, dtype=torch.long))
    nobody = Guarded(TAKEN.logits[:0], TAKEN.classes[:0])
    assert torch.equal(fitted_reserves(OWN, wrong, 2, weight=9.0), fitted_reserves(OWN, nobody, 2, weight=9.0))
