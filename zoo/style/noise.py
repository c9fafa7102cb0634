"""Faint noise where a photo is even, before a style network paints it.

A network that does the same everywhere can only repeat one hatch over an even sky. Texture networks are fed noise for
that reason (Ulyanov et al. 2016, https://arxiv.org/abs/1603.03417): strokes find a direction, stars a place.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

NOISE = 0.03  # standard deviation of the noise where the photo is even, 0..1
CELL = 8  # pixels from one random number to the next
OCTAVES = (1, 2, 4, 8)  # cells from one random number to the next in each of the noises that are added
COLOR = 0.6  # how much of the noise differs from channel to channel, for one part that does not
DETAIL = 0.03  # standard deviation of the photo's pixels at which half of the noise is left
EPSILON = 1e-6  # a single cell has no deviation
SEED = 0  # the same photo gives the same painting, and the frames of a clip the same noise


def with_noise(image: Tensor) -> Tensor:
    """Add noise to an image tensor (1, 3, H, W) where it is even."""
    height, width = image.shape[2:]
    brightness = F.pad(image.mean(1, keepdim=True), (0, -width % CELL, 0, -height % CELL), mode="replicate")
    amount = NOISE * evenness(brightness)
    noise = amount * octaves(*amount.shape[2:]).to(image.device)
    return image + F.interpolate(noise, scale_factor=CELL, mode="bicubic")[..., :height, :width]


def evenness(brightness: Tensor) -> Tensor:
    """Measure how even each cell of an image tensor (1, 1, H, W) and those around it are, 1 for one colour."""
    means = F.avg_pool2d(torch.cat([brightness, brightness.square()], 1), CELL)
    mean, square = F.avg_pool2d(F.pad(means, (1, 1, 1, 1), mode="replicate"), 3, 1).split(1, 1)
    return 1 / (1 + (square - mean.square()).clamp_min(0) / DETAIL**2)


def octaves(height: int, width: int) -> Tensor:
    """Sum smooth noises of several scales into one (1, 3, height, width) of mean 0 and standard deviation 1."""
    generator = torch.Generator().manual_seed(SEED)
    total = torch.zeros(1, 3, height, width)
    for scale in OCTAVES:
        channels = torch.randn(1, 4, height // scale + 3, width // scale + 3, generator=generator)
        coarse = channels[:, 3:] + COLOR * channels[:, :3]
        total += scale**0.25 * F.interpolate(coarse, scale_factor=scale, mode="bicubic")[..., :height, :width]
    total -= total.mean((2, 3), keepdim=True)
    return total / total.std().clamp_min(EPSILON)
