"""How well a super-resolution model rebuilds known pictures: PSNR and SSIM as the papers measure them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from torch import Tensor
from tqdm import tqdm

from zoo.errors import BadInput
from zoo.pixels import open_picture, pictures_in, to_tensor

BORDER = 4  # pixels cut on each side, the scale
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


def score_superres(enlarge: Callable[[Tensor], Tensor], folder: str | Path) -> SuperresScore:
    """Score a network, or any function (1, 3, H, W) to (1, 3, 4H, 4W), on a folder of NAME_HR.* and NAME_LR.* pairs.

    Raises BadInput where the folder has no such pairs or their sizes do not match.
    """
    found = [_score_pair(enlarge, *pair) for pair in tqdm(pairs_in(folder), unit="picture", leave=False, disable=None)]
    psnr, ssim = np.mean(found, axis=0)
    return SuperresScore(float(psnr), float(ssim), len(found))


def pairs_in(folder: str | Path) -> list[tuple[Path, Path]]:
    """The (small, large) picture files of a folder, NAME_LR.* and NAME_HR.*, in order of name."""
    by_name = {path.stem: path for path in pictures_in(folder)}
    pairs = [(by_name.get(f"{name[:-3]}_LR"), path) for name, path in by_name.items() if name.endswith("_HR")]
    alone = [large.name for small, large in pairs if small is None]
    if alone or not pairs:
        missing = f"{alone[0]} has no partner NAME_LR.*" if alone else f"{folder} has no pictures NAME_HR.*"
        raise BadInput(f"{missing}; give a folder of NAME_HR.* and NAME_LR.* pairs")
    return pairs


def luma(image: Tensor) -> np.ndarray:
    """The Y channel of an image tensor (1, 3, H, W), whole numbers 16..235, as MATLAB's rgb2ycbcr makes it of uint8."""
    red, green, blue = image[0].double().clamp(0, 1).mul(255).round().div(255).cpu()  # each (H, W)
    return (16 + 65.481 * red + 128.553 * green + 24.966 * blue).round().numpy()


def _score_pair(enlarge: Callable[[Tensor], Tensor], small: Path, large: Path) -> tuple[float, float]:
    truth = to_tensor(open_picture(large))
    with torch.inference_mode():
        result = enlarge(to_tensor(open_picture(small)))
    if result.shape != truth.shape:
        raise BadInput(f"{large.name} is not four times as wide and high as {small.name}; give matching pairs")
    result, truth = (luma(image)[BORDER:-BORDER, BORDER:-BORDER] for image in (result, truth))
    ssim = structural_similarity(
        truth, result, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    return peak_signal_noise_ratio(truth, result, data_range=255), ssim
