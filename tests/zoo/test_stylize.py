"""One-pass style transfer does what its sliders say."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

from zoo.errors import BadInput
from zoo.steps import finish
from zoo.stylize import styles, stylize


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.fromarray(data.coffee()).resize((150, 101))


def painted(photo: Image.Image, **options: object) -> np.ndarray:
    return np.asarray(finish(stylize(photo, {styles()[0]: 1.0}, **options))).astype(float)


def distance(one: np.ndarray, other: np.ndarray | Image.Image) -> float:
    """Root mean square difference in grey levels."""
    return float(np.sqrt(np.square(one - np.asarray(other)).mean()))


def test_there_are_at_least_two_paintings() -> None:
    assert len(styles()) >= 2


@pytest.mark.parametrize("size", [(1, 1), (3, 70), (150, 101)])
def test_the_size_stays(photo: Image.Image, size: tuple[int, int]) -> None:
    assert finish(stylize(photo.resize(size), {styles()[0]: 1.0})).size == size


def test_strength_nought_gives_the_photo(photo: Image.Image) -> None:
    assert distance(painted(photo, strength=0.0), photo) < 255 * 10 ** (-30 / 20)  # over 30 dB


def test_strength_leads_away_from_the_photo(photo: Image.Image) -> None:
    far = [distance(painted(photo, strength=s), photo) for s in (0.0, 0.35, 0.7, 1.0)]
    assert far == sorted(far)
    assert far[-1] > 20


def test_paintings_differ(photo: Image.Image) -> None:
    one, other = (np.asarray(finish(stylize(photo, {name: 1.0}))) for name in styles()[:2])
    assert distance(one.astype(float), other) > 15


def test_a_blend_lies_between_its_paintings(photo: Image.Image) -> None:
    a, b = styles()[:2]
    one, middle, other = (
        np.asarray(finish(stylize(photo, weights))).astype(float) for weights in ({a: 2}, {a: 1, b: 1}, {b: 0.3})
    )
    assert max(distance(middle, one), distance(middle, other)) < distance(one, other)


def test_kept_colours_are_the_photos(photo: Image.Image) -> None:
    kept = Image.fromarray(painted(photo, keep_colors=True).astype(np.uint8)).convert("YCbCr")
    own = photo.convert("YCbCr")
    for channel in (1, 2):
        difference = np.asarray(kept.getchannel(channel)).astype(float) - np.asarray(own.getchannel(channel))
        assert np.median(np.abs(difference)) <= 2


def test_outside_the_mask_nothing_changes(photo: Image.Image) -> None:
    mask = Image.new("L", (30, 20))
    mask.paste(255, (0, 0, 15, 20))
    result = painted(photo, mask=mask)
    assert np.array_equal(result[:, 100:], np.asarray(photo)[:, 100:])
    assert distance(result[:, :50], np.asarray(photo)[:, :50]) > 10


def test_transparency_stays(photo: Image.Image) -> None:
    half = photo.copy()
    half.putalpha(photo.convert("L"))
    assert np.array_equal(finish(stylize(half, {styles()[0]: 1.0})).getchannel("A"), photo.convert("L"))


@pytest.mark.parametrize(
    ("weights", "options", "says"),
    [
        ({"stary-nigt": 1.0}, {}, "did you mean starry-night"),
        ({}, {}, "choose a style"),
        ({"starry-night": -1.0}, {}, "from 0 up"),
        ({"starry-night": float("nan")}, {}, "from 0 up"),
        ({"starry-night": 1.0}, {"strength": 1.5}, "0 to 1"),
        ({"starry-night": 1.0}, {"size": 5}, "pixels from"),
    ],
)
def test_wrong_settings_are_refused_in_a_sentence(
    photo: Image.Image, weights: dict[str, float], options: dict[str, float], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        finish(stylize(photo, weights, **options))
