"""Encoding sees the middle of a picture, in any mode and shape."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

from zoo.encode import centre_square, encode, seen_classes, sharpness


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.fromarray(data.chelsea())  # a cat


def test_vectors_are_unit_rows(photo: Image.Image) -> None:
    vectors = encode([photo, photo.convert("L"), photo.resize((1, 1))])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_pictures_give_no_vectors() -> None:
    assert encode([]).shape[0] == 0


def test_the_batch_does_not_matter(photo: Image.Image) -> None:
    other = Image.fromarray(data.rocket())
    together, alone = encode([photo, other]), np.concatenate([encode([photo]), encode([other])])
    assert np.allclose(together, alone, atol=1e-4)


def test_a_picture_is_nearer_to_itself_mirrored_than_to_another(photo: Image.Image) -> None:
    mirror = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    one, mirrored, other = encode([photo, mirror, Image.fromarray(data.rocket())])
    assert one @ mirrored > one @ other + 0.1


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 2)])
def test_extreme_shapes_are_seen_without_growing(size: tuple[int, int]) -> None:
    assert centre_square(Image.new("RGB", size)).size == (224, 224)


def test_transparency_is_seen_on_white() -> None:
    assert centre_square(Image.new("RGBA", (30, 30), (0, 0, 0, 0))).getpixel((100, 100)) == (255, 255, 255)


def test_sixteen_bits_are_seen_at_their_true_brightness() -> None:
    grey = Image.fromarray(np.full((40, 40), 32768, np.uint16))
    assert centre_square(grey).getpixel((100, 100)) == (128, 128, 128)


def test_the_network_was_trained_on_the_thousand_classes() -> None:
    assert len(seen_classes()) == 1000
    assert sharpness() > 1
