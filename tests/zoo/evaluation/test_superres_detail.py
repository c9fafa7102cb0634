"""What PSNR does not see: features, consistency and patterns with the period of the grid."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data
from torch import Tensor

from zoo.evaluation.perceptual import encoder_features
from zoo.evaluation.superres import luma
from zoo.evaluation.superres_detail import GRID, PATTERN_LIMIT, feature_distance, pattern, score_detail, standing_out
from zoo.images.saving import save_picture
from zoo.images.tensors import to_picture, to_tensor
from zoo.nets.residual_upscaler import enlarge, shrink

PHOTO = to_tensor(Image.fromarray(data.astronaut()).resize((256, 192)))
CHECKERBOARD = np.kron([[1, -1], [-1, 1]], np.ones((2, 2)))  # repeats every four pixels
STRIPES = np.tile([1.0, -1.0], (4, 2))  # an output pixel on, one off
ONE_OF_SIXTEEN = np.eye(4)[:1].T @ np.eye(4)[:1]  # one of the sixteen that an input pixel becomes is off


def covered(repeat: np.ndarray, strength: float) -> np.ndarray:
    """The photo's luma with a pattern all over it, so many steps of 1/255 strong."""
    image = luma(PHOTO)
    return (image + strength * np.tile(repeat, (image.shape[0] // 4, image.shape[1] // 4))).round()


@pytest.mark.parametrize(
    ("repeat", "strength"), [(CHECKERBOARD, 2), (STRIPES, 2), (STRIPES.T, 2), (ONE_OF_SIXTEEN, 12)]
)
def test_what_repeats_with_the_grid_is_flagged(repeat: np.ndarray, strength: float) -> None:
    assert pattern(covered(repeat, strength), luma(PHOTO)) > PATTERN_LIMIT


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_a_clean_photo_is_not_flagged_whatever_it_shows(name: str) -> None:
    image = luma(to_tensor(Image.fromarray(getattr(data, name)())))
    assert standing_out(image).shape == (len(GRID),)
    assert standing_out(image).max() < PATTERN_LIMIT and pattern(image, image) <= 1


def test_neither_blur_nor_noise_nor_bicubic_is_a_pattern() -> None:
    truth, small = luma(PHOTO), shrink(PHOTO)
    noise = np.random.default_rng(0).normal(0, 8, truth.shape)
    for image in (luma(enlarge(small)), truth + noise, luma(enlarge(small)) + noise, np.full_like(truth, 100)):
        assert pattern(image, truth) < PATTERN_LIMIT


def test_a_pattern_that_is_in_the_truth_is_not_held_against_the_result() -> None:
    image = covered(CHECKERBOARD, 4)
    assert standing_out(image).max() > 2 * PATTERN_LIMIT and pattern(image, image) == pytest.approx(1)


def test_a_picture_smaller_than_a_block_has_a_spectrum_too() -> None:
    assert np.isfinite(pattern(luma(PHOTO[..., :20, :33]), luma(PHOTO[..., :20, :33])))


def test_the_truth_has_no_distance_and_blur_lies_farther_than_less_of_it() -> None:
    once = enlarge(shrink(PHOTO))
    twice = enlarge(enlarge(shrink(shrink(PHOTO))))
    assert feature_distance(encoder_features, PHOTO, PHOTO) == 0
    assert 0 < feature_distance(encoder_features, once, PHOTO) < feature_distance(encoder_features, twice, PHOTO)


def test_the_distance_is_that_of_its_formula() -> None:
    def judge(image: Tensor) -> list[Tensor]:
        return [torch.tensor([3.0, 4.0])[None, :, None, None] * image[:, :1], torch.ones(1, 1, 2, 2)]

    one, other = torch.ones(1, 3, 2, 2), -torch.ones(1, 3, 2, 2)
    assert feature_distance(judge, one, 5 * one) == 0  # only directions count
    assert feature_distance(judge, one, other) == pytest.approx((4 + 0) / 2)


def test_the_judges_layers_are_one_a_resolution() -> None:
    layers = encoder_features(PHOTO[..., :64, :96])
    assert [tuple(layer.shape[2:]) for layer in layers] == [(32, 48), (16, 24), (8, 12), (4, 6), (2, 3)]


def test_a_score_has_every_figure_and_worse_inputs_cost(tmp_path: Path) -> None:
    save_picture(to_picture(PHOTO), tmp_path / "one_HR.png")
    save_picture(to_picture(shrink(PHOTO)), tmp_path / "one_LR.png")
    clean, jpeg = (score_detail(enlarge, tmp_path, inputs=inputs) for inputs in ("clean", "jpeg"))
    assert clean.images == 1 and clean.psnr_y > jpeg.psnr_y > 15 and clean.ssim_y > jpeg.ssim_y
    assert clean.feature_distance < jpeg.feature_distance and clean.seconds > 0
    assert 25 < clean.consistency_db < 60 and clean.pattern < PATTERN_LIMIT
