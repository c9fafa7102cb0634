"""The discriminator learns alone at first, then its judgement counts, more and more."""

import pytest
import torch

from zoo.train.adversary import ALONE, RISE, WEIGHT, Adversary


@pytest.fixture
def adversary() -> Adversary:
    torch.manual_seed(0)
    return Adversary(torch.device("cpu"))


@pytest.mark.parametrize(("steps", "share"), [(0, 0), (ALONE, 0), (ALONE + RISE // 2, 0.5), (2 * ALONE + RISE, 1)])
def test_its_weight_rises_after_it_has_learnt_alone(adversary: Adversary, steps: int, share: float) -> None:
    adversary.steps = steps
    assert adversary.weight == pytest.approx(share * WEIGHT)


def test_results_learn_from_its_judgement_and_it_does_not(adversary: Adversary) -> None:
    adversary.steps = ALONE + RISE
    result = torch.rand(1, 3, 16, 16, requires_grad=True)
    adversary.judge(result).backward()
    assert result.grad is not None and result.grad.abs().max() > 0
    assert all(weight.grad is None for weight in adversary.network.parameters())


@pytest.mark.slow
def test_it_learns_to_tell_flat_results_from_detailed_photos(adversary: Adversary) -> None:
    photos = torch.rand(4, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    flat = torch.full_like(photos, 0.5)
    first = adversary.error(photos, flat)
    for step in range(30):
        adversary.set_progress(0, step)
        adversary.step(adversary.error(photos, flat))
    assert adversary.error(photos, flat) < 0.8 * first
    assert adversary.steps == 30
