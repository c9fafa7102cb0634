"""How well a super-resolution model rebuilds known pictures: PSNR and SSIM as the papers measure them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch import Tensor
from tqdm import tqdm

from zoo.errors import BadInput
from zoo.evaluation.degradations import Degradation, degrade_picture
from zoo.files import pictures_in
from zoo.images.decode import open_picture
from zoo.images.tensors import to_tensor
from zoo.nets.residual_upscaler import shrink

Enlarger = Callable[[Tensor], Tensor]

BORDER = 4  # pixels cut on each side, the scale
REACH = 2  # pixels of a small picture that the bicubic kernel sees to each side
CONVENTION = (
    "mean over images of PSNR and SSIM (Gaussian 11x11, sigma 1.5) on the Y channel (BT.601, 16..235) "
    f"rounded to 8 bits, {BORDER} pixels cut on each side"
)


@dataclass(frozen=True)
class SuperresScore:
    """PSNR in decibel and SSIM in 0..1, means over so many images."""

    psnr_y: float
    ssim_y: float
    images: int


@dataclass(frozen=True)
class Result:
    """One picture of a set: what went in, what it should become and what it became, and the seconds that took.

    All are image tensors, (1, 3, H, W) the input and (1, 3, 4H, 4W) the others, rounded to 8 bits.
    """

    name: str
    small: Tensor
    truth: Tensor
    large: Tensor
    seconds: float


def score_superres(enlarge: Enlarger, folder: str | Path) -> SuperresScore:
    """Score a network, or any function (1, 3, H, W) to (1, 3, 4H, 4W), on a folder of NAME_HR.* and NAME_LR.* pairs.

    Raises BadInput where the folder has no such pairs or their sizes do not match.
    """
    psnr, ssim = zip(*[psnr_ssim(result) for result in results(enlarge, folder)], strict=True)
    return SuperresScore(float(np.mean(psnr)), float(np.mean(ssim)), len(psnr))


def results(enlarge: Enlarger, folder: str | Path, inputs: Degradation = "clean") -> Iterator[Result]:
    """Enlarge the inputs of each pair of a folder, as they are or made worse first."""
    for small, large in tqdm(pairs_in(folder), unit="picture", leave=False, disable=None):
        given = to_tensor(degrade_picture(open_picture(small), inputs, seed=small.stem))
        truth = to_tensor(open_picture(large))
        started = perf_counter()
        with torch.inference_mode():
            result = enlarge(given)
        seconds = perf_counter() - started
        if result.shape != truth.shape:
            raise BadInput(f"{large.name} is not four times as wide and high as {small.name}; give matching pairs")
        yield Result(_name(large), given, truth, eight_bits(result), seconds)


def pairs_in(folder: str | Path) -> list[tuple[Path, Path]]:
    """List the (small, large) picture files of a folder, NAME_LR.* and NAME_HR.*, in order of name."""
    by_name = {path.stem: path for path in pictures_in(folder)}
    pairs = [(by_name.get(f"{name[:-3]}_LR"), path) for name, path in by_name.items() if name.endswith("_HR")]
    alone = [large.name for small, large in pairs if small is None]
    if alone or not pairs:
        missing = f"{alone[0]} has no partner NAME_LR.*" if alone else f"{folder} has no pictures NAME_HR.*"
        raise BadInput(f"{missing}; give a folder of NAME_HR.* and NAME_LR.* pairs")
    return [(small, large) for small, large in pairs if small is not None]


def luma(image: Tensor) -> np.ndarray:
    """Convert an image tensor (1, 3, H, W) to its Y channel, whole numbers 16..235, as MATLAB's rgb2ycbcr."""
    red, green, blue = eight_bits(image)[0].double().cpu()  # each (H, W)
    return (16 + 65.481 * red + 128.553 * green + 24.966 * blue).round().numpy()


def eight_bits(image: Tensor) -> Tensor:
    """Round an image tensor as a file of 8 bits a channel does."""
    return image.double().clamp(0, 1).mul(255).round().div(255).to(image)


def psnr_ssim(result: Result) -> tuple[float, float]:
    """PSNR in decibel and SSIM by the convention above."""
    large, truth = (luma(image)[BORDER:-BORDER, BORDER:-BORDER] for image in (result.large, result.truth))
    ssim = structural_similarity(
        truth, large, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    return peak_signal_noise_ratio(truth, large, data_range=255), ssim


@dataclass(frozen=True)
class Agreement:
    """How far this project's shrinking of a picture is from the given small one, in steps of 1/255.

    `within_one` is the share of numbers that differ by one step at most, `most_inside` the largest difference where the
    border has no say: public test sets were cut after they were made small.
    """

    picture: str
    most: int
    within_one: float
    most_inside: int


def score_degradation(folder: str | Path) -> list[Agreement]:
    """Compare the antialiased bicubic shrinking of each NAME_HR.* with its NAME_LR.*, rounded to 8 bits."""
    return [_agreement(small, large) for small, large in pairs_in(folder)]


def _agreement(small: Path, large: Path) -> Agreement:
    given, made = to_tensor(open_picture(small)), shrink(to_tensor(open_picture(large)))
    if given.shape != made.shape:
        raise BadInput(f"{large.name} is not four times as wide and high as {small.name}; give matching pairs")
    steps = (255 * (eight_bits(made) - given)).round().abs()  # (1, 3, H, W)
    inside = steps[..., REACH:-REACH, REACH:-REACH]
    most_inside = int(inside.max()) if inside.numel() else 0
    return Agreement(_name(large), int(steps.max()), (steps <= 1).float().mean().item(), most_inside)


def _name(large: Path) -> str:
    return large.stem.removesuffix("_HR")
