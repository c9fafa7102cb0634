"""Pictures made worse as cameras and uploads make them, always in the same way, to measure."""

from io import BytesIO
from typing import Literal
from zlib import crc32

import numpy as np
from PIL import Image, ImageFilter

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
    """Degrade a picture: leave it clean, or make it a JPEG, or a photo: blurred, noisy and a JPEG, by `seed`."""
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
