"""Enlarging is exact in size, seamless and true to its input, whatever the picture."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

from zoo.errors import BadInput
from zoo.steps import finish
from zoo.upscale import enlarge_bicubic, shrink_back_db, upscale


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.fromarray(data.astronaut()).crop((150, 20, 270, 108))  # 120 x 88, a face


def distance(one: Image.Image, other: Image.Image) -> float:
    """Mean square difference in grey levels."""
    return float(np.square(np.asarray(one).astype(float) - np.asarray(other)).mean())


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (13, 7)])
def test_any_size_comes_out_four_times_as_large(photo: Image.Image, size: tuple[int, int]) -> None:
    assert finish(upscale(photo.resize(size))).size == (4 * size[0], 4 * size[1])


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_the_mode_stays(photo: Image.Image, mode: str) -> None:
    assert finish(upscale(photo.resize((16, 12)).convert(mode))).mode == mode


def test_tiled_equals_whole(photo: Image.Image) -> None:
    tiled, whole = (np.asarray(finish(upscale(photo, tile=tile))).astype(int) for tile in (112, 400))
    assert np.abs(tiled - whole).max() <= 1


def test_there_is_a_step_for_each_tile(photo: Image.Image) -> None:
    steps = list(upscale(photo, tile=112))
    assert [step.done for step in steps] == list(range(steps[-1].total + 1))
    assert steps[-1].total > 1


def test_the_enlargement_shrinks_back_to_its_input(photo: Image.Image) -> None:
    assert shrink_back_db(photo, finish(upscale(photo))) > 36


def test_it_is_closer_to_the_truth_than_bicubic(photo: Image.Image) -> None:
    small = photo.resize((photo.width // 4, photo.height // 4), Image.Resampling.BICUBIC)
    errors = [distance(large, photo) for large in (finish(upscale(small)), enlarge_bicubic(small))]
    assert errors[0] < 0.9 * errors[1]


def test_transparency_is_enlarged_apart(photo: Image.Image) -> None:
    half = photo.copy()
    alpha = Image.new("L", photo.size)
    alpha.paste(255, (0, 0, photo.width // 2, photo.height))
    half.putalpha(alpha)
    large = finish(upscale(half))
    assert np.array_equal(np.asarray(large.convert("RGB")), np.asarray(finish(upscale(photo))))
    assert (large.getpixel((8, 8))[3], large.getpixel((large.width - 8, 8))[3]) == (255, 0)


def test_the_colour_profile_is_carried(photo: Image.Image) -> None:
    tagged = photo.resize((8, 8))
    tagged.info["icc_profile"] = b"a profile"
    assert finish(upscale(tagged)).info["icc_profile"] == b"a profile"


def test_a_tile_too_small_for_the_seams_is_refused(photo: Image.Image) -> None:
    with pytest.raises(BadInput, match="tile"):
        finish(upscale(photo, tile=0))
