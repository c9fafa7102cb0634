"""The perceptual loss asks for the truth, and neither for what is blurred nor for what is noisy."""

from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from zoo.evaluation.perceptual import read_vgg
from zoo.train.perceptual_loss import PerceptualLoss, spread


@pytest.fixture
def loss_of(vgg_file: Path) -> PerceptualLoss:
    return PerceptualLoss(read_vgg(vgg_file))


def photo() -> Tensor:
    coarse = torch.rand(1, 3, 12, 12, generator=torch.Generator().manual_seed(0))
    return F.interpolate(coarse, scale_factor=8, mode="bicubic").clamp(0, 1)


def test_the_truth_costs_nothing_and_what_is_farther_costs_more(loss_of: PerceptualLoss) -> None:
    truth, generator = photo(), torch.Generator().manual_seed(0)
    noise = torch.randn(truth.shape, generator=generator)
    costs = [float(loss_of(truth + share * noise, truth, generator)) for share in (0.0, 0.02, 0.2)]
    assert costs[0] == pytest.approx(0, abs=1e-4) and costs[0] < costs[1] < costs[2]


def test_features_count_by_their_direction_alone(loss_of: PerceptualLoss) -> None:
    truth = photo()
    found = loss_of.distance(truth, truth.flip(3), torch.Generator().manual_seed(0))
    assert 0 < found <= 4


def test_blur_and_noise_change_the_spread() -> None:
    truth = photo()
    blurred = F.avg_pool2d(truth, 9, 1, 4, count_include_pad=False)
    noisy = truth + 0.2 * torch.randn(truth.shape, generator=torch.Generator().manual_seed(0))
    assert spread(blurred).mean() < spread(truth).mean() < spread(noisy).mean()
