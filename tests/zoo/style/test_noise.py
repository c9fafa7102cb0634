"""Noise where a photo is even, before it is painted."""

import numpy as np
import pytest
import torch
from PIL import Image

from zoo.images.tensors import to_tensor
from zoo.style.noise import CELL, NOISE, octaves, with_noise


def test_an_even_picture_becomes_uneven_by_the_stated_noise() -> None:
    grey = Image.new("RGB", (256, 192), (90, 120, 150))
    added = with_noise(to_tensor(grey)) - to_tensor(grey)
    assert added.std().item() == pytest.approx(NOISE, rel=0.15)
    assert abs(added.mean().item()) < NOISE / 3


def test_detail_keeps_its_pixels() -> None:
    detailed = Image.fromarray(np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8))
    assert (with_noise(to_tensor(detailed)) - to_tensor(detailed)).std().item() < NOISE / 20


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (37, 8), (301, 211)])
def test_every_size_keeps_its_shape_and_is_the_same_each_time(size: tuple[int, int]) -> None:
    white = to_tensor(Image.new("RGB", size, "white"))
    first, second = with_noise(white), with_noise(white)
    assert first.shape == (1, 3, size[1], size[0])
    assert torch.equal(first, second) and first.isfinite().all()


def test_the_noise_has_no_step_from_cell_to_cell() -> None:
    added = with_noise(torch.zeros(1, 3, 256, 256))[0, 0]
    steps = added.diff(dim=1).abs().mean(0)
    assert steps[CELL - 1 :: CELL].mean().item() == pytest.approx(steps.mean().item(), rel=0.3)
    assert octaves(40, 40).std().item() == pytest.approx(1, abs=1e-4)
