"""The sharp loss asks for the truth: no grid, no artefacts, and colours that stay within their edges."""

import pytest
import torch
from torch import Tensor

from zoo.train.sharp_loss import artefact_map, pattern, saturation_weights


def noise(seed: int, side: int = 128) -> Tensor:
    return torch.randn(1, 3, side, side, generator=torch.Generator().manual_seed(seed))


def grid(side: int = 128) -> Tensor:
    """A pattern of 4 px period whose mean over a cell is zero, one in size."""
    cell = torch.randn(1, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    cell = cell - cell.mean((2, 3), keepdim=True)
    return cell.repeat(1, 1, side // 4, side // 4) / cell.std()


def test_a_grid_of_four_pixels_costs_more_than_noise_of_its_size() -> None:
    assert pattern(grid()) > 4 * pattern(noise(1))


def test_a_period_that_is_not_the_scale_is_no_pattern() -> None:
    stripes = torch.tensor((1.0, -1.0, 0.0)).repeat(32).expand(1, 3, 96, 96)
    assert pattern(stripes) < 0.2 * pattern(grid(96))


def test_a_shade_across_the_picture_costs_no_more_than_it_is() -> None:
    assert pattern(torch.full((1, 3, 64, 64), 0.1)) == pytest.approx(0.1)


def test_the_truth_has_no_artefacts() -> None:
    truth = noise(0).clamp(0, 1)
    assert artefact_map(truth, truth, truth).abs().max() == 0
    assert artefact_map(truth, truth, noise(1).clamp(0, 1)).abs().max() == 0


def test_an_artefact_is_where_the_result_is_worse_than_its_average() -> None:
    truth = torch.full((1, 3, 64, 64), 0.5)
    result = truth.clone()
    result[..., 20:30, 20:30] += 0.3 * noise(0, 10)
    found = artefact_map(result, truth, truth)
    assert found[..., 20:30, 20:30].mean() > 0.001
    assert found[..., 40:, :].max() < 1e-6
    assert artefact_map(result, truth, truth + 2 * (result - truth))[..., 20:30, 20:30].max() == 0


def test_saturated_pixels_count_more_and_grey_ones_once() -> None:
    grey, red = torch.full((1, 3, 1, 1), 0.4), torch.tensor((1.0, 0.0, 0.0)).reshape(1, 3, 1, 1)
    assert saturation_weights(grey).item() == 1
    assert saturation_weights(red).item() == 4
