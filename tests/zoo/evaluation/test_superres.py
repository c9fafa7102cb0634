import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from zoo.errors import BadInput
from zoo.evaluation.superres import eight_bits, luma, pairs_in, results, score_degradation, score_superres
from zoo.images.saving import save_picture
from zoo.images.tensors import to_picture, to_tensor
from zoo.nets.residual_upscaler import enlarge, shrink

SET5 = Path(__file__).parents[4] / "shared/data/sr/Set5"  # beside the checkout, where there is one


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


def test_results_are_what_a_file_of_8_bits_would_hold(pairs: Path) -> None:
    first, second = results(lambda small: enlarge(small) + 0.4 / 255, pairs)
    assert (first.name, second.name) == ("a", "b") and first.seconds > 0
    assert first.small.shape == (1, 3, 16, 12) and first.large.shape == first.truth.shape == (1, 3, 64, 48)
    assert torch.equal(first.large, to_tensor(to_picture(first.large))) and first.large.dtype == torch.float32
    assert torch.equal(first.large, eight_bits(enlarge(first.small) + 0.4 / 255))


def test_inputs_can_be_made_worse_and_then_score_worse(pairs: Path) -> None:
    clean, jpeg, photo = (next(results(enlarge, pairs, inputs)) for inputs in ("clean", "jpeg", "photo"))
    assert torch.equal(clean.truth, photo.truth)
    assert not torch.equal(clean.small, jpeg.small) and not torch.equal(jpeg.small, photo.small)


def test_inputs_shrunk_by_this_project_agree_to_the_last_step(pairs: Path) -> None:
    large = torch.rand(1, 3, 64, 48, generator=torch.Generator().manual_seed(1))
    save_picture(to_picture(large), pairs / "a_HR.png")
    save_picture(to_picture(shrink(to_tensor(to_picture(large)))), pairs / "a_LR.png")
    same, other = score_degradation(pairs)
    assert (same.picture, same.most, same.within_one, same.most_inside) == ("a", 0, 1.0, 0)
    assert other.picture == "b" and other.most > 100 and other.within_one < 0.1
    save_picture(Image.new("RGB", (9, 9)), pairs / "b_LR.png")
    with pytest.raises(BadInput, match=r"b_HR\.png is not four times"):
        score_degradation(pairs)


@pytest.mark.skipif(
    not SET5.is_dir(), reason=f"Set5 is not beside the checkout, in {SET5.relative_to(SET5.parents[4])}"
)
def test_this_projects_shrinking_is_that_of_the_public_inputs() -> None:
    for agreement in score_degradation(SET5):
        assert agreement.within_one > 0.98 and agreement.most_inside <= 2


@pytest.mark.skipif(
    not SET5.is_dir(), reason=f"Set5 is not beside the checkout, in {SET5.relative_to(SET5.parents[4])}"
)
def test_bicubic_scores_on_set5_what_the_papers_say() -> None:
    score = score_superres(enlarge, SET5)
    assert (round(score.psnr_y, 2), round(score.ssim_y, 4), score.images) == (28.42, 0.8102, 5)
