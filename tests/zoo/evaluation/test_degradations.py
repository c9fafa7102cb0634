"""Degradation made worse, always in the same way."""

import numpy as np
import pytest
from picture_files import quarters
from PIL import Image
from skimage import data
from skimage.metrics import peak_signal_noise_ratio

from zoo.evaluation.degradations import DESCRIPTIONS, Degradation, degrade_picture

PHOTO = Image.fromarray(data.astronaut()).resize((96, 96))


def psnr(picture: Image.Image) -> float:
    return peak_signal_noise_ratio(np.asarray(PHOTO), np.asarray(picture))


def test_clean_is_the_picture_itself() -> None:
    assert degrade_picture(PHOTO, "clean", seed="a") is PHOTO


@pytest.mark.parametrize("inputs", ["jpeg", "photo"])
def test_a_worse_picture_is_still_the_picture_and_the_same_each_time(inputs: Degradation) -> None:
    once, again = (degrade_picture(PHOTO, inputs, seed="a") for _ in range(2))
    assert once.tobytes() == again.tobytes() != PHOTO.tobytes()
    assert once.size == PHOTO.size and once.mode == "RGB" and 20 < psnr(once) < 40


def test_how_much_worse_a_photo_is_depends_on_its_name() -> None:
    found = [psnr(degrade_picture(PHOTO, "photo", seed=name)) for name in "abcdefgh"]
    assert len(set(found)) == 8 and max(found) - min(found) > 1
    assert len({degrade_picture(PHOTO, "jpeg", seed=name).tobytes() for name in "abc"}) == 1


def test_grey_and_transparent_pictures_are_taken_too() -> None:
    for mode in ("L", "LA", "RGBA"):
        assert degrade_picture(quarters(mode), "photo", seed="a").mode == "RGB"


def test_each_kind_says_what_it_is() -> None:
    assert "60" in DESCRIPTIONS["jpeg"] and "30 to 95" in DESCRIPTIONS["photo"]
