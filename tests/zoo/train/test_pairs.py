"""Crops of a pair stay aligned, whatever is drawn, and degraded inputs belong to their truths."""

import pytest
import torch
from skimage import data
from torch import Tensor

from zoo.errors import BadInput
from zoo.nets.residual_upscaler import shrink
from zoo.train import degraded_pairs
from zoo.train.degraded_pairs import DegradedCrops, DegradedPairs
from zoo.train.pairs import Pair, PhotoPairs, make_pair


@pytest.fixture(scope="module")
def photo() -> Tensor:
    return torch.from_numpy(data.astronaut()).permute(2, 0, 1)[:, :200, 100:340].contiguous()


def errors(pair: Pair) -> Tensor:
    """How far inputs are from their shrunk truths, in grey levels, one number a crop."""
    small, large = (crops.float() for crops in pair)
    return (small - shrink(large))[..., 2:-2, 2:-2].abs().mean((1, 2, 3))


def test_crops_are_aligned(photo: Tensor) -> None:
    small, large = PhotoPairs([make_pair(photo)]).draw(16, 20, torch.Generator().manual_seed(0))
    assert small.shape == (16, 3, 20, 20) and large.shape == (16, 3, 80, 80)
    assert errors((small, large)).max() < 1


def test_the_larger_photo_is_drawn_more_often() -> None:
    black, white = make_pair(torch.zeros(3, 40, 40)), make_pair(torch.full((3, 160, 160), 255.0))
    small, _ = PhotoPairs([black, white]).draw(200, 8, torch.Generator().manual_seed(0))
    assert 0.85 < (small.amax((1, 2, 3)) > 0).float().mean() < 1


def test_a_photo_too_small_for_a_crop_is_left_out() -> None:
    black, white = make_pair(torch.zeros(3, 40, 80)), make_pair(torch.full((3, 80, 80), 255.0))
    small, _ = PhotoPairs([black, white]).draw(50, 16, torch.Generator().manual_seed(0))
    assert small.min() == 255


def test_no_pairs_is_said() -> None:
    with pytest.raises(BadInput, match="no photo is large enough"):
        PhotoPairs([])
    with pytest.raises(BadInput, match="256 pixels"):
        DegradedCrops([torch.zeros(3, 200, 300)], 64, 0)


def test_degraded_inputs_belong_to_their_truths(photo: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(degraded_pairs, "FIRST", 24)
    pairs = DegradedPairs(DegradedCrops([photo, photo.flip(2)], 24, 0), workers=0, batch=8)
    small, large = pairs.draw(32, 16, torch.Generator().manual_seed(0))
    assert small.shape == (32, 3, 16, 16) and large.shape == (32, 3, 64, 64)
    found, others = errors((small, large)), errors((small, large.roll(1, 0)))
    assert found.median() < 15 < others.median()
    assert found.max() > 2


def test_the_oldest_degraded_crops_make_room(photo: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(degraded_pairs, "KEPT", 8)
    pairs = DegradedPairs(DegradedCrops([photo], 24, 0), workers=0, batch=4)
    generator = torch.Generator().manual_seed(0)
    pairs.draw(4, 24, generator)
    before = [small for small, _ in pairs._pairs]
    pairs.draw(4, 24, generator)
    assert [torch.equal(old, new) for old, (new, _) in zip(before, pairs._pairs, strict=True)] == [False] * 4 + [
        True
    ] * 4
