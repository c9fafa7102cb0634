"""NIQE is low for photos and grows with what makes them unnatural."""

import numpy as np
import pytest
from PIL import Image, ImageFilter
from skimage import data

from zoo.evaluation.niqe import niqe
from zoo.evaluation.superres import luma
from zoo.images.tensors import to_tensor

# What BasicSR 1.4.2, which reproduces the authors' program, gives for these photos.
PUBLISHED = {"astronaut": 3.0906, "chelsea": 2.6255, "coffee": 4.1153, "rocket": 6.9709}


def luma_of(picture: Image.Image) -> np.ndarray:
    return luma(to_tensor(picture))


@pytest.mark.parametrize("name", PUBLISHED)
def test_it_agrees_with_the_published_program(name: str) -> None:
    assert niqe(luma_of(Image.fromarray(getattr(data, name)()))) == pytest.approx(PUBLISHED[name], abs=0.01)


def test_blur_and_noise_are_less_natural() -> None:
    photo = Image.fromarray(data.astronaut())
    noise = np.random.default_rng(0).normal(0, 25, (*photo.size[::-1], 3))
    noisy = Image.fromarray((np.asarray(photo) + noise).clip(0, 255).astype(np.uint8))
    natural = niqe(luma_of(photo))
    assert natural is not None
    for worse in (photo.filter(ImageFilter.GaussianBlur(2)), noisy):
        found = niqe(luma_of(worse))
        assert found is not None and found > natural + 1


@pytest.mark.parametrize("size", [(96, 96), (1, 1), (95, 400)])
def test_pictures_of_fewer_than_two_blocks_have_none(size: tuple[int, int]) -> None:
    assert niqe(luma_of(Image.fromarray(data.chelsea()).resize(size))) is None


def test_a_picture_of_one_colour_has_none() -> None:
    assert niqe(np.full((300, 300), 100.0)) is None
