"""How natural a picture looks without its truth: NIQE (Mittal, Soundararajan and Bovik 2013), lower is more natural.

"Making a completely blind image quality analyzer", https://doi.org/10.1109/LSP.2012.2227726. Statistics of normalised
luma in blocks of 96 pixels at two scales are compared with those of undistorted photos. The mean and covariance of the
latter are the authors' (Laboratory for Image and Video Engineering, The University of Texas at Austin, free to use and
distribute with this acknowledgement), as BasicSR publishes them under Apache-2.0.
"""

from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from scipy.ndimage import correlate1d
from scipy.special import gamma

CONSTANTS = Path(__file__).with_name("niqe_constants.npz")
BLOCK = 96
WINDOW = np.exp(-(np.arange(-3, 4) ** 2) / (2 * (7 / 6) ** 2))
WINDOW /= WINDOW.sum()
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))
SHAPES = np.arange(0.2, 10.001, 0.001)  # of the generalised Gaussian, among which the best is looked up
RATIOS = gamma(2 / SHAPES) ** 2 / (gamma(1 / SHAPES) * gamma(3 / SHAPES))


def niqe(luma: np.ndarray) -> float | None:
    """Measure luma (H, W) in whole numbers 16..235; None for pictures of fewer than two blocks."""
    rows, columns = (side // BLOCK for side in luma.shape)
    if rows * columns < 2:
        return None
    image = luma[: rows * BLOCK, : columns * BLOCK].astype(np.float64)
    scales = [_features(image, BLOCK), _features(_halved(image), BLOCK // 2)]
    features = np.concatenate(scales, axis=1)  # (blocks, 36)
    known = features[np.isfinite(features).all(axis=1)]  # flat blocks have none
    if len(known) < 2:
        return None
    mean, covariance = _pristine()
    apart = mean - np.nanmean(np.where(np.isfinite(features), features, np.nan), axis=0)
    pooled = np.linalg.pinv((covariance + np.cov(known, rowvar=False)) / 2)
    return float(np.sqrt(apart @ pooled @ apart))  # equation 10


@cache
def _pristine() -> tuple[np.ndarray, np.ndarray]:
    """Mean (36,) and covariance (36, 36) of the features of undistorted photos."""
    with np.load(CONSTANTS) as stored:
        return stored["mean"], stored["covariance"]


def _halved(image: np.ndarray) -> np.ndarray:
    """Halve an image by antialiased bicubic interpolation, as MATLAB's imresize."""
    small = F.interpolate(torch.from_numpy(image)[None, None], scale_factor=0.5, mode="bicubic", antialias=True)
    return small[0, 0].numpy()


def _features(image: np.ndarray, block: int) -> np.ndarray:
    """Give the features (blocks, 18) of an image at one scale, column by column."""
    mean = _blurred(image)
    deviation = np.sqrt(np.abs(_blurred(image**2) - mean**2))
    normalised = (image - mean) / (deviation + 1)  # equation 1
    rows, columns = image.shape[0] // block, image.shape[1] // block
    blocks = normalised.reshape(rows, block, columns, block).transpose(2, 0, 1, 3).reshape(-1, block, block)
    return np.array([_of_block(each) for each in blocks])


def _blurred(image: np.ndarray) -> np.ndarray:
    return correlate1d(correlate1d(image, WINDOW, 0, mode="nearest"), WINDOW, 1, mode="nearest")


def _of_block(block: np.ndarray) -> list[float]:
    """Shape and width of the values, then shape, mean and both widths of products with each neighbour (equation 8)."""
    shape, left, right = _asymmetric_gaussian(block)
    found = [shape, (left + right) / 2]
    for shift in NEIGHBOURS:
        shape, left, right = _asymmetric_gaussian(block * np.roll(block, shift, axis=(0, 1)))
        found += [shape, (right - left) * gamma(2 / shape) / gamma(1 / shape), left, right]
    return found


def _asymmetric_gaussian(values: np.ndarray) -> tuple[float, float, float]:
    """Fit an asymmetric generalised Gaussian by its moments: shape, and width to the left and right (equation 7)."""
    below, above = values[values < 0], values[values > 0]
    if not (below.size and above.size):
        return float("nan"), float("nan"), float("nan")
    left, right = np.sqrt((below**2).mean()), np.sqrt((above**2).mean())
    skew = left / right
    ratio = np.abs(values).mean() ** 2 / (values**2).mean()
    ratio *= (skew**3 + 1) * (skew + 1) / (skew**2 + 1) ** 2
    shape = float(SHAPES[np.argmin((RATIOS - ratio) ** 2)])
    width = np.sqrt(gamma(1 / shape) / gamma(3 / shape))
    return shape, float(left * width), float(right * width)
