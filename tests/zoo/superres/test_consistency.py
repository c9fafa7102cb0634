"""Enlargements that shrink back to their input."""

import numpy as np
import pytest
from PIL import Image
from upscaled_pictures import array, disc

from zoo.progress import run_to_end
from zoo.superres.consistency import shrink_back_db
from zoo.superres.upscale import upscale


def test_the_enlargement_shrinks_back_to_its_input(photo: Image.Image) -> None:
    assert shrink_back_db(photo, run_to_end(upscale(photo))) > 40


def test_a_colour_cast_of_the_network_does_not_reach_the_result(photo: Image.Image, rough: str) -> None:
    large = run_to_end(upscale(photo, key=rough))
    cast = array(large).mean((0, 1)) - array(photo).mean((0, 1))
    assert np.abs(cast).max() < 2  # the network alone adds 13 levels; what clips at black and white is left
    assert shrink_back_db(photo, large) > 30


def test_consistency_does_not_ask_for_what_transparency_hides() -> None:
    small = disc("red", "lime")
    assert shrink_back_db(small, run_to_end(upscale(small))) > 30
    assert shrink_back_db(small, run_to_end(upscale(disc("blue", "lime")))) < 15


@pytest.mark.parametrize("size", [(480, 352), (120, 88), (333, 244), (700, 513)])
def test_consistency_is_that_of_shrinking_the_whole(photo: Image.Image, size: tuple[int, int]) -> None:
    large = photo.rotate(3, Image.Resampling.BICUBIC).resize(size, Image.Resampling.BICUBIC)
    error = np.square(array(large.resize(photo.size, Image.Resampling.BICUBIC)) - array(photo)).mean()
    assert shrink_back_db(photo, large) == pytest.approx(10 * np.log10(255**2 / error), abs=0.05)


def test_consistency_of_a_large_picture_is_taken_part_by_part(
    photo: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = photo.rotate(3, Image.Resampling.BICUBIC).resize((480, 352))
    whole = shrink_back_db(photo, large)
    monkeypatch.setattr("zoo.superres.consistency.PART", 37)
    assert shrink_back_db(photo, large) == pytest.approx(whole, abs=1e-3)
