"""Pictures as unit vectors in word space, by the DeViSE network."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
import torch
from PIL import Image, ImageCms

from zoo.catalog import entry
from zoo.loading import load
from zoo.nets.edge_encoder import INPUT_SIDE
from zoo.pixels import alpha_of, to_picture, to_tensor

MODEL = "devise.nouns"
CENTRE = 224 / 256  # the middle part of the short side that the network looks at, as in its training
BATCH = 16


def encode(pictures: Sequence[Image.Image], *, key: str = MODEL, device: str = "cpu") -> np.ndarray:
    """Unit vectors (N, dimension), float32, of pictures of any size and mode."""
    network = load(key, device)
    vectors = []
    for start in range(0, len(pictures), BATCH):
        batch = torch.cat([to_tensor(centre_square(p)) for p in pictures[start : start + BATCH]])
        with torch.inference_mode():
            vectors.append(network(batch.to(device, memory_format=torch.channels_last)).cpu().numpy())
    return np.concatenate(vectors) if vectors else np.zeros((0, network.words.out_features), np.float32)


def seen_classes(key: str = MODEL) -> frozenset[str]:
    """The synset ids of the classes that the network was trained on."""
    return frozenset(load(key).metadata["classes"].split(","))


def sharpness(key: str = MODEL) -> float:
    """What to multiply cosines with before a softmax over all nouns; fitted on held-out photos."""
    return float(load(key).metadata["sharpness"])


def stamp(key: str = MODEL) -> str:
    """Which weights make the vectors: vectors of different stamps are not to be compared."""
    return f"{key}@{entry(key).sha256[:12]}"


def words_sha256(key: str = MODEL) -> str:
    """The hash of the noun vectors that the network was trained to hit."""
    return load(key).metadata["words_sha256"]


def centre_square(picture: Image.Image) -> Image.Image:
    """What the network sees of a picture: the middle square in sRGB on white, 224 x 224 RGB."""
    side = max(1.0, CENTRE * min(picture.size))
    left, top = ((length - side) / 2 for length in picture.size)
    box = (left, top, left + side, top + side)
    shape = (INPUT_SIDE, INPUT_SIDE)
    rgb = to_picture(to_tensor(picture)) if picture.mode == "I;16" else picture.convert("RGB")
    square = rgb.resize(shape, Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)
    alpha = alpha_of(picture)
    if alpha is not None:
        white = Image.new("RGB", shape, "white")
        square = Image.composite(square, white, alpha.resize(shape, Image.Resampling.BICUBIC, box=box))
    return _srgb(square, picture.info.get("icc_profile"))


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture's colours in sRGB; unchanged where the profile is absent, not for RGB, or damaged."""
    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
