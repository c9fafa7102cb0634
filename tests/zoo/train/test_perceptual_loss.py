"""The perceptual loss is nothing for the truth itself, and prefers kept features to near pixels."""

import pytest
import torch
from skimage import data
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

from zoo.loading import load
from zoo.train.perceptual_loss import PATTERN_WEIGHT, PerceptualLoss, pattern


@pytest.fixture(scope="module")
def truth() -> Tensor:
    grass = torch.from_numpy(data.grass())[None, None, :112, :112].float() / 255
    return grass.expand(1, 3, -1, -1).contiguous()


def value(result: Tensor, truth: Tensor, *, weight: float = 0.1) -> float:
    loss = PerceptualLoss(load("features.slim"), weight)
    return float(loss(result, truth, torch.Generator().manual_seed(0)))


def test_the_truth_costs_nothing(truth: Tensor) -> None:
    assert value(truth, truth) == 0


def test_without_weight_it_is_pixels_and_pattern(truth: Tensor) -> None:
    noise = torch.randn(truth.shape, generator=torch.Generator().manual_seed(0)) / 100
    expected = noise.abs().mean() + PATTERN_WEIGHT * pattern(noise)
    assert value(truth + noise, truth, weight=0) == pytest.approx(float(expected), rel=1e-3)


def test_a_pattern_of_the_scale_costs_more_than_noise_of_its_size() -> None:
    cell = torch.randn(1, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    noise = torch.randn(1, 3, 128, 128, generator=torch.Generator().manual_seed(1))
    assert pattern(cell.repeat(1, 1, 32, 32)) > 4 * pattern(noise)


def test_a_blur_costs_more_than_a_shade_as_far_away_in_pixels(truth: Tensor) -> None:
    soft = gaussian_blur(truth, 9, 2.0)
    dark = truth - (soft - truth).square().mean().sqrt()
    costs = [value(x, truth, weight=1) - value(x, truth, weight=0) for x in (soft, dark)]
    assert costs[0] > 2 * costs[1]
