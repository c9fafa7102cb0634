"""What PSNR does not see of an enlargement: features beside the truth's, patterns that repeat with the grid."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from zoo.evaluation.degradations import Degradation
from zoo.evaluation.niqe import niqe
from zoo.evaluation.perceptual import FeatureExtractor, encoder_features
from zoo.evaluation.superres import Enlarger, luma, psnr_ssim, results
from zoo.images.tensors import to_picture
from zoo.nets.residual_upscaler import SCALE
from zoo.superres.consistency import shrink_back_db

BLOCK = 64  # pixels a side of what a spectrum is taken of, a multiple of the scale
PATTERN_LIMIT = 2.5  # photos stay below 2, a checkerboard of one step up and one down on them is above 3
# Frequencies at which whatever repeats from one input pixel to the next has its energy, in cycles per input pixel.
GRID = ((0, 1), (0, 2), (1, 0), (2, 0), (1, 1), (1, -1), (1, 2), (2, 1), (2, 2))


@dataclass(frozen=True)
class DetailScore:
    """Means over pictures: PSNR and SSIM by convention; seconds; how true it is to the input, in decibel; the rest.

    `feature_distance` is 0 for the truth; `pattern` is 1 where nothing repeats with the grid more than in the truth;
    `niqe` goes without the truth, None where all pictures are too small for it.
    """

    psnr_y: float
    ssim_y: float
    images: int
    seconds: float
    consistency_db: float
    feature_distance: float
    pattern: float
    niqe: float | None


def score_detail(
    enlarge: Enlarger, folder: str | Path, *, judge: FeatureExtractor | None = None, inputs: Degradation = "clean"
) -> DetailScore:
    """Score a network, or any function (1, 3, H, W) to (1, 3, 4H, 4W), closely, on NAME_HR.* and NAME_LR.* pairs.

    The judge of features is by default the body of this project's picture encoder. Raises as `score_superres` does.
    """
    judge = judge or encoder_features
    rows, naturalness = [], []
    for result in results(enlarge, folder, inputs):
        naturalness.append(niqe(luma(result.large)))
        row = (
            *psnr_ssim(result),
            result.seconds,
            shrink_back_db(to_picture(result.small), to_picture(result.large)),
            feature_distance(judge, result.large, result.truth),
            pattern(luma(result.large), luma(result.truth)),
        )
        rows.append(row)
    psnr, ssim, *others = np.mean(rows, axis=0).tolist()
    known = [value for value in naturalness if value is not None]
    return DetailScore(psnr, ssim, len(rows), *others, float(np.mean(known)) if known else None)


@torch.inference_mode()
def feature_distance(judge: FeatureExtractor, image: Tensor, truth: Tensor) -> float:
    """Measure how differently a network sees two images: LPIPS without its learned weights (Zhang et al. 2018).

    Activations are brought to unit length at each place; squared differences are summed over channels and averaged over
    places, then over layers (https://arxiv.org/abs/1801.03924, equation 1 with all weights 1).
    """
    pairs = zip(judge(image), judge(truth), strict=True)
    layers = [(F.normalize(one) - F.normalize(other)).square().sum(1).mean() for one, other in pairs]
    return torch.stack(layers).mean().item()


def pattern(large: np.ndarray, truth: np.ndarray) -> float:
    """Measure how far what repeats with the grid stands out in an enlargement, of how far it does in the truth.

    Both are luma (H, W). Whatever an upscaler does alike for each input pixel, such as a checkerboard of its sub-pixel
    step (Odena et al. 2016), repeats every four pixels and has its energy at multiples of 1/4 cycles per pixel. At each
    of GRID the power there is divided by the power around it, in which what the picture shows is as strong; the largest
    quotient of enlargement over truth counts. 1 is none at all, above PATTERN_LIMIT is a pattern.
    """
    return float(np.max(standing_out(large) / np.maximum(standing_out(truth), 1)))


def standing_out(image: np.ndarray) -> np.ndarray:
    """Give the power at each of GRID over the median power around it: about 1 where nothing stands out.

    On the axes of the spectrum, where upright and level edges have theirs, around means along the axis.
    """
    power = _spectrum(image)
    offsets = np.stack(np.meshgrid(*[np.arange(-6, 7)] * 2, indexing="ij"), -1).reshape(-1, 2)  # (169, 2)
    far = np.abs(offsets).max(1)
    found = []
    for frequency in np.array(GRID):
        here = power[tuple(((frequency * BLOCK // SCALE + offsets) % BLOCK).T)]
        aside = np.abs(offsets[:, frequency == 0]).max(1, initial=0)  # from the axis that the frequency lies on
        found.append(here[far <= 1].mean() / np.median(here[(far >= 3) & (aside <= 1)]))
    return np.array(found)


def _spectrum(image: np.ndarray) -> np.ndarray:
    """Give the mean power spectrum (BLOCK, BLOCK) of blocks that overlap by half (Welch), under a Hann window."""
    image = np.pad(image, [(0, max(BLOCK - side, 0)) for side in image.shape], mode="reflect")
    window = np.outer(*[np.hanning(BLOCK + 1)[:-1]] * 2)
    blocks = np.lib.stride_tricks.sliding_window_view(image, (BLOCK, BLOCK))[:: BLOCK // 2, :: BLOCK // 2]
    blocks = blocks - blocks.mean((-2, -1), keepdims=True)
    power = np.abs(np.fft.fft2(blocks * window)) ** 2
    rounding = window.ravel() @ window.ravel() / 12  # what whole numbers add, so that nothing is divided by zero
    return power.mean((0, 1)) + rounding
