"""Pictures made worse as cameras and uploads make them: always in the same way to measure, by chance to train."""

from io import BytesIO
from typing import Literal
from zlib import crc32

import numpy as np
import torch
from PIL import Image, ImageFilter
from scipy.ndimage import gaussian_filter
from torch import Tensor

Degradation = Literal["clean", "jpeg", "photo"]

JPEG_QUALITY = 60
BLUR = (0.2, 0.8)  # sigma of a Gaussian, pixels
NOISE = (1.0, 6.0)  # sigma, steps of 1/255
PHOTO_QUALITY = (30, 95)
DESCRIPTIONS = {
    "clean": "inputs as given",
    "jpeg": f"inputs as JPEG of quality {JPEG_QUALITY}",
    "photo": f"inputs blurred (sigma {BLUR[0]:g} to {BLUR[1]:g} px), with noise (sigma {NOISE[0]:g} to {NOISE[1]:g} "
    f"of 255), as JPEG of quality {PHOTO_QUALITY[0]} to {PHOTO_QUALITY[1]}, drawn by the picture's name",
}


def degrade_picture(picture: Image.Image, inputs: Degradation, *, seed: str) -> Image.Image:
    """The picture as it is, as a JPEG, or as a photo: blurred, noisy and a JPEG, how much being drawn by `seed`."""
    if inputs == "clean":
        return picture
    picture = picture.convert("RGB")
    if inputs == "jpeg":
        return _as_jpeg(picture, JPEG_QUALITY)
    draw = np.random.default_rng(crc32(seed.encode()))
    blurred = np.asarray(picture.filter(ImageFilter.GaussianBlur(draw.uniform(*BLUR))), np.float32)
    noisy = blurred + draw.normal(0, draw.uniform(*NOISE), blurred.shape)
    whole = Image.fromarray(noisy.round().clip(0, 255).astype(np.uint8))
    return _as_jpeg(whole, int(draw.integers(PHOTO_QUALITY[0], PHOTO_QUALITY[1], endpoint=True)))


def _as_jpeg(picture: Image.Image, quality: int) -> Image.Image:
    file = BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


SOFTEST = 0.8  # standard deviation of the blur in pixels
LOUDEST = 8.0  # standard deviation of the noise in grey levels
QUALITIES = (30, 95)  # of JPEG


def degrade_batch(images: Tensor, generator: torch.Generator) -> Tensor:
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
