"""A dhash that copies of a picture share and other pictures do not."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from zoo.encoder.dhash import dhash


def scene(seed: int) -> Image.Image:
    """Soft blobs of colour."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 7, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((320, 240), Image.Resampling.BICUBIC)


def jpeg(picture: Image.Image) -> Image.Image:
    data = BytesIO()
    picture.save(data, "JPEG", quality=40)
    return Image.open(data)


def apart(one: Image.Image, other: Image.Image) -> int:
    return (dhash(one) ^ dhash(other)).bit_count()


COPIES = {
    "re-encoded": jpeg,
    "half": lambda picture: picture.resize((160, 120)),
    "stretched": lambda picture: picture.resize((500, 240)),
    "brighter": lambda picture: picture.point(lambda value: min(255, int(value * 1.15))),
    "grey": lambda picture: picture.convert("L"),
    "transparent": lambda picture: picture.convert("RGBA"),
    "16-bit": lambda picture: Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257),
    "cut": lambda picture: picture.crop((6, 4, 312, 234)),
}


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_has_nearly_the_same_fingerprint(way: str) -> None:
    assert max(apart(scene(seed), COPIES[way](scene(seed))) for seed in range(5)) <= 10


def test_other_pictures_have_another() -> None:
    assert min(apart(scene(seed), scene(seed + 1)) for seed in range(20)) > 12


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 2)])
def test_any_size_has_one(size: tuple[int, int]) -> None:
    assert 0 <= dhash(Image.new("RGB", size, "red")) < 2**64
