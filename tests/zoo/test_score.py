import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from zoo.errors import BadInput
from zoo.nets.residual_upscaler import enlarge
from zoo.pixels import save_picture
from zoo.score import luma, pairs_in, score_superres


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    draw = np.random.default_rng(0)
    for name in ("a", "b"):
        save_picture(Image.fromarray(draw.integers(0, 256, (16, 12, 3), dtype=np.uint8)), tmp_path / f"{name}_LR.png")
        save_picture(Image.fromarray(draw.integers(0, 256, (64, 48, 3), dtype=np.uint8)), tmp_path / f"{name}_HR.png")
    return tmp_path


def test_luma_is_that_of_the_standard() -> None:
    colours = torch.tensor([[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [128, 128, 128]]) / 255
    expected = [16, 235, 81, 145, 41, 126]  # BT.601 in studio range, rounded
    assert luma(colours.T[None, :, None, :])[0].tolist() == expected


def test_a_constant_error_of_luma_has_the_psnr_of_its_formula(pairs: Path) -> None:
    large = torch.full((1, 3, 64, 48), 100 / 255)
    for name in ("a", "b"):
        grey = Image.new("RGB", (48, 64), (110, 110, 110))
        save_picture(grey, pairs / f"{name}_HR.png")
    score = score_superres(lambda small: large, pairs)
    steps = round(16 + 219 * 110 / 255) - round(16 + 219 * 100 / 255)
    assert score.psnr_y == pytest.approx(20 * math.log10(255 / steps)) and score.images == 2


def test_the_border_does_not_count(pairs: Path) -> None:
    def right_but_for_the_border(small: torch.Tensor) -> torch.Tensor:
        guess = torch.full((1, 3, 64, 48), 0.5)
        guess[..., :4, :] = guess[..., -4:, :] = 0
        guess[..., :4] = guess[..., -4:] = 1
        return guess

    for name in ("a", "b"):
        save_picture(Image.new("RGB", (48, 64), (128, 128, 128)), pairs / f"{name}_HR.png")
    with np.errstate(divide="ignore"):
        score = score_superres(right_but_for_the_border, pairs)
    assert math.isinf(score.psnr_y) and score.ssim_y == pytest.approx(1)


def test_noise_that_has_nothing_to_do_with_its_truth_scores_badly(pairs: Path) -> None:
    score = score_superres(enlarge, pairs)
    assert 5 < score.psnr_y < 15 and -0.1 < score.ssim_y < 0.3


def test_pictures_without_a_partner_are_refused(pairs: Path) -> None:
    assert [large.name for _, large in pairs_in(pairs)] == ["a_HR.png", "b_HR.png"]
    (pairs / "a_LR.png").unlink()
    with pytest.raises(BadInput, match=r"a_HR\.png has no partner"):
        pairs_in(pairs)
    (pairs / "a_HR.png").unlink(), (pairs / "b_HR.png").unlink()
    with pytest.raises(BadInput, match="no pictures NAME_HR"):
        pairs_in(pairs)


def test_pairs_of_other_sizes_are_refused(pairs: Path) -> None:
    save_picture(Image.new("RGB", (9, 9)), pairs / "b_LR.png")
    with pytest.raises(BadInput, match=r"b_HR\.png is not four times"):
        score_superres(enlarge, pairs)
