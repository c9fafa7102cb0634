"""Photos made worse as cameras, programs and uploads make them, by chance: second-order degradation for training.

After Wang et al. 2021 (Real-ESRGAN, https://arxiv.org/abs/2107.10833) and milder: a sixth of the crops stays clean, two
fifths are shrunk and saved once, the others twice. No step moves an edge: kernels are symmetric, resizing is centred.
"""

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image

from zoo.nets.residual_upscaler import SCALE

Step = Callable[[np.ndarray, Generator], np.ndarray]  # (H, W, 3), 0..255, float32

CLEAN, ONCE = 0.16, 0.56  # cumulative chances
USUAL_QUALITY, BEST_QUALITY = 78, 97  # of JPEG and WebP
WEBP = 0.2  # of what is compressed
FULL_COLOR = 0.2  # of JPEGs: colour in full resolution


def degrade(crop: np.ndarray, random: Generator, *, saved: float = 0.0) -> np.ndarray:
    """Make a low-resolution input (n, n, 3) of a crop (4n, 4n, 3), both uint8.

    A share of `saved` is what programs make of a good photo: shrunk and saved, no worse.
    """
    side = crop.shape[0] // SCALE
    image, kind = crop.astype(np.float32), random.random()
    if random.random() < saved:
        image = compress(_pillow_resize(image, side, Image.Resampling.BICUBIC), random, 60)
    elif kind < CLEAN:
        image = _pillow_resize(image, side, Image.Resampling.BICUBIC)
    elif kind < ONCE:
        image = _save_once(image, side, random)
    else:
        image = _save_again(_wear_large(image, random), side, random)
    return _whole(image)


def _save_once(image: np.ndarray, side: int, random: Generator) -> np.ndarray:
    image = _perhaps(0.25, lambda x, r: blur(x, r, (0.3, 2.4)), image, random)
    image = resize(image, side, random)
    image = _perhaps(0.25, lambda x, r: add_noise(x, r, 7), image, random)
    return compress(image, random, 30)


def _wear_large(image: np.ndarray, random: Generator) -> np.ndarray:
    """Degrade a crop at about its own size: the first of two times."""
    image = _perhaps(0.7, lambda x, r: blur(x, r, (0.3, 3.0)), image, random)
    image = resize(image, round(image.shape[0] * random.uniform(0.3, 1.15)), random)
    image = _perhaps(0.5, lambda x, r: add_noise(x, r, 16), image, random)
    return _perhaps(0.6, lambda x, r: compress(x, r, 40), image, random)


def _save_again(image: np.ndarray, side: int, random: Generator) -> np.ndarray:
    """Degrade a crop on its way to the input's size: the second of two times."""
    image = _perhaps(0.35, lambda x, r: blur(x, r, (0.2, 1.2)), image, random)
    image = _perhaps(0.35, lambda x, r: resize(x, round(side * r.uniform(0.75, 1.6)), r), image, random)
    if image.shape[0] != side:
        image = resize(image, side, random)
    image = _perhaps(0.35, lambda x, r: add_noise(x, r, 8), image, random)
    image = _perhaps(0.2, sharpen, image, random)
    return _perhaps(0.85, lambda x, r: compress(x, r, 35), image, random)


def _perhaps(chance: float, step: Step, image: np.ndarray, random: Generator) -> np.ndarray:
    return step(image, random) if random.random() < chance else image


def blur(image: np.ndarray, random: Generator, sigmas: tuple[float, float]) -> np.ndarray:
    """Convolve with a random kernel, its standard deviation in this range of pixels."""
    kernel = blur_kernel(random, random.uniform(*sigmas))
    return cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_REFLECT_101)


def blur_kernel(random: Generator, sigma: float) -> np.ndarray:
    """Make a kernel (K, K) of sum 1: a Gaussian, round, oval or generalised, a lens out of focus or a shaken hand."""
    center = int(np.ceil(3 * sigma))
    y, x = np.mgrid[-center : center + 1, -center : center + 1].astype(np.float32)
    angle, kind = random.uniform(0, np.pi), random.random()
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    if kind < 0.45:
        kernel = np.exp(-(x**2 + y**2) / (2 * sigma**2))
    elif kind < 0.7:
        narrow = sigma * random.uniform(0.3, 1)
        kernel = np.exp(-(along**2) / (2 * sigma**2) - across**2 / (2 * narrow**2))
    elif kind < 0.82:  # flatter or more pointed than a Gaussian
        kernel = np.exp(-0.5 * ((x**2 + y**2) / sigma**2) ** random.uniform(0.6, 3))
    elif kind < 0.92:  # out of focus: a disc
        kernel = np.clip(1.6 * sigma + 0.5 - np.hypot(x, y), 0, 1)
    else:  # a shaken hand: a line
        kernel = np.clip(1 - np.abs(across), 0, 1) * np.clip(2 * sigma + 0.5 - np.abs(along), 0, 1)
    kernel[center, center] += 1e-6
    return (kernel / kernel.sum()).astype(np.float32)


def resize(image: np.ndarray, side: int, random: Generator) -> np.ndarray:
    """Resize a square, mostly as programs do it, by antialiased bicubic, else by what else is around."""
    kind = random.random()
    if kind < 0.55:
        return _pillow_resize(image, side, Image.Resampling.BICUBIC)
    if kind < 0.65:
        return _pillow_resize(image, side, Image.Resampling.LANCZOS)
    if kind < 0.75:
        return _pillow_resize(image, side, Image.Resampling.BILINEAR)
    if kind < 0.9 and side < image.shape[0]:
        return cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    method = cv2.INTER_LINEAR if random.random() < 0.5 else cv2.INTER_CUBIC
    return cv2.resize(image, (side, side), interpolation=method)


def add_noise(image: np.ndarray, random: Generator, loudest: float) -> np.ndarray:
    """Add noise of up to so many grey levels: of luminance or of each channel, some of it shot noise."""
    level = loudest * random.uniform(0.05, 1) ** 1.5
    is_grey = random.random() < 0.45
    noise = random.standard_normal((*image.shape[:2], 1 if is_grey else 3), dtype=np.float32)
    if random.random() < 0.35:  # shot noise: its variance grows with the light
        light = image.mean(2, keepdims=True) if is_grey else image
        noise = noise * np.sqrt(np.clip(light, 0, 255) / 128)
    return image + level * noise


def sharpen(image: np.ndarray, random: Generator) -> np.ndarray:
    """Apply an unsharp mask."""
    strength, sigma = random.uniform(0.2, 0.8), random.uniform(0.6, 1.4)
    return image + strength * (image - cv2.GaussianBlur(image, (0, 0), sigma))


def compress(image: np.ndarray, random: Generator, worst: int) -> np.ndarray:
    """Save as JPEG or WebP of some quality, `worst` at least, and read again."""
    quality = int(random.triangular(worst, USUAL_QUALITY, BEST_QUALITY))
    ending, options = ".jpg", [cv2.IMWRITE_JPEG_QUALITY, quality]
    if random.random() < WEBP:
        ending, options = ".webp", [cv2.IMWRITE_WEBP_QUALITY, quality]
    elif random.random() < FULL_COLOR:
        options += [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444]
    _, data = cv2.imencode(ending, cv2.cvtColor(_whole(image), cv2.COLOR_RGB2BGR), options)
    return np.asarray(Image.open(BytesIO(data.tobytes())).convert("RGB")).astype(np.float32)


def _pillow_resize(image: np.ndarray, side: int, method: Image.Resampling) -> np.ndarray:
    return np.asarray(Image.fromarray(_whole(image)).resize((side, side), method)).astype(np.float32)


def _whole(image: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
