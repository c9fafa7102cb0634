"""What happens to photos before people upload them: soft lenses, sensor noise, JPEG; made anew for each crop."""

from io import BytesIO

import numpy as np
import torch
from PIL import Image
from scipy.ndimage import gaussian_filter
from torch import Tensor

SOFTEST = 0.8  # standard deviation of the blur in pixels
LOUDEST = 8.0  # standard deviation of the noise in grey levels
QUALITIES = (30, 95)  # of JPEG


def degraded(images: Tensor, generator: torch.Generator) -> Tensor:
    """Float images (N, 3, H, W) in 0..1, each blurred, noisy and compressed by chance: about one in ten stays clean.

    After Wang et al. 2021 (Real-ESRGAN), once instead of twice, and milder.
    """
    seed = int(torch.randint(2**31, (), generator=generator))
    random = np.random.default_rng(seed)
    pictures = images.permute(0, 2, 3, 1).numpy() * 255  # (N, H, W, 3)
    worn = np.stack([_worn(picture, random) for picture in pictures])
    return torch.from_numpy(worn).permute(0, 3, 1, 2).float().div(255)


def _worn(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One picture (H, W, 3), 0..255, as uint8."""
    if random.random() < 0.5:
        picture = gaussian_filter(picture, random.uniform(0.2, SOFTEST), axes=(0, 1))
    if random.random() < 0.5:
        channels = 1 if random.random() < 0.4 else 3
        noise = random.standard_normal((*picture.shape[:2], channels))
        picture = picture + random.uniform(0, LOUDEST) * noise
    whole = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    return whole if random.random() < 0.2 else _compressed(whole, int(random.integers(*QUALITIES, endpoint=True)))


def _compressed(picture: np.ndarray, quality: int) -> np.ndarray:
    file = BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))
