"""One-pass style transfer does what its sliders say."""

from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data

from zoo.errors import BadInput
from zoo.progress import run_to_end
from zoo.style.compositing import softened, with_colors_of
from zoo.style.fast import styles, stylize


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.fromarray(data.coffee()).resize((150, 101))


def painted(photo: Image.Image, **options: Any) -> np.ndarray:
    return np.asarray(run_to_end(stylize(photo, {styles()[0]: 1.0}, **options))).astype(float)


def distance(one: np.ndarray, other: np.ndarray | Image.Image) -> float:
    """Root mean square difference in grey levels."""
    return float(np.sqrt(np.square(one - np.asarray(other)).mean()))


def test_there_are_at_least_two_paintings() -> None:
    assert len(styles()) >= 2


@pytest.mark.parametrize("size", [(1, 1), (3, 70), (150, 101)])
def test_the_size_stays(photo: Image.Image, size: tuple[int, int]) -> None:
    assert run_to_end(stylize(photo.resize(size), {styles()[0]: 1.0})).size == size


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_strength_nought_gives_the_photo_to_the_last_bit(photo: Image.Image, mode: str) -> None:
    picture = photo.convert(mode)
    kept = run_to_end(stylize(picture, {styles()[0]: 1.0}, strength=0.0))
    assert np.array_equal(np.asarray(kept.convert(mode)), np.asarray(picture))


def test_strength_nought_leaves_white_white_and_large_pictures_sharp() -> None:
    for picture in (Image.new("RGB", (40, 30), "white"), Image.fromarray(data.coffee()).resize((1500, 40))):
        kept = run_to_end(stylize(picture, {styles()[0]: 1.0}, strength=0.0))
        assert kept.tobytes() == picture.tobytes()


def test_strength_leads_away_from_the_photo(photo: Image.Image) -> None:
    far = [distance(painted(photo, strength=s), photo) for s in (0.0, 0.35, 0.7, 1.0)]
    assert far == sorted(far)
    assert far[-1] > 20


def test_paintings_differ(photo: Image.Image) -> None:
    one, other = (np.asarray(run_to_end(stylize(photo, {name: 1.0}))) for name in styles()[:2])
    assert distance(one.astype(float), other) > 15


def test_a_blend_lies_between_its_paintings(photo: Image.Image) -> None:
    a, b = styles()[:2]
    one, middle, other = (
        np.asarray(run_to_end(stylize(photo, weights))).astype(float) for weights in ({a: 2}, {a: 1, b: 1}, {b: 0.3})
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


def test_the_edge_of_a_mask_is_soft(photo: Image.Image) -> None:
    mask = Image.new("L", (2, 1))
    mask.paste(255, (0, 0, 1, 1))
    large = softened(mask.resize((800, 10), Image.Resampling.NEAREST), (800, 10))
    row = np.asarray(large)[5].astype(int)
    assert row[0] == 255 and row[-1] == 0 and 0 < row[399] < 255 and np.abs(np.diff(row)).max() < 128


def test_outside_the_mask_another_style_can_paint(photo: Image.Image) -> None:
    one, other = styles()[:2]
    mask = Image.new("L", (30, 20))
    mask.paste(255, (0, 0, 15, 20))
    both = np.asarray(run_to_end(stylize(photo, {one: 1}, mask=mask, outside={other: 1})))
    left, right = (np.asarray(run_to_end(stylize(photo, {name: 1}))) for name in (one, other))
    assert np.array_equal(both[:, :50], left[:, :50]) and np.array_equal(both[:, 100:], right[:, 100:])
    kept = run_to_end(stylize(photo, {one: 1}, mask=mask, outside={other: 1}, keep_colors=True))
    assert kept.tobytes() == with_colors_of(photo, Image.fromarray(both)).tobytes()


def test_a_smaller_size_paints_with_broader_strokes(photo: Image.Image) -> None:
    def detail(picture: np.ndarray) -> float:
        return float(np.abs(np.diff(picture, axis=1)).mean())

    assert detail(painted(photo, size=40)) < 0.8 * detail(painted(photo))


def test_a_picture_beyond_the_usual_size_keeps_its_size_whatever_size_it_is_painted_at() -> None:
    wide = Image.fromarray(data.coffee()).resize((1500, 40))
    for size in (None, 1500):
        assert run_to_end(stylize(wide, {styles()[0]: 1.0}, size=size)).size == wide.size
    with pytest.raises(BadInput, match="from 32 to 1500"):
        run_to_end(stylize(wide, {styles()[0]: 1.0}, size=1501))


def test_progress_grows_to_its_end_and_the_result_comes_last(photo: Image.Image) -> None:
    steps = list(stylize(photo, {styles()[0]: 1.0}, mask=photo, outside={styles()[1]: 1.0}))
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert {step.total for step in steps} == {steps[-1].done} and steps[0].done == 0
    assert [step for step in steps if step.result] == steps[-1:]


def test_transparency_stays(photo: Image.Image) -> None:
    half = photo.copy()
    half.putalpha(photo.convert("L"))
    assert run_to_end(stylize(half, {styles()[0]: 1.0})).getchannel("A").tobytes() == photo.convert("L").tobytes()


@pytest.mark.parametrize(
    ("weights", "options", "says"),
    [
        ({"stary-nigt": 1.0}, {}, "did you mean starry-night"),
        ({}, {}, "choose a style"),
        ({"starry-night": -1.0}, {}, "from 0 to 1,000,000"),
        ({"starry-night": float("nan")}, {}, "from 0 to 1,000,000"),
        ({"starry-night": 1.0}, {"strength": 1.5}, "0 to 1"),
        ({"starry-night": 1.0}, {"size": 5}, "pixels from"),
        ({"starry-night": 1.0}, {"outside": {"great-wave": 1.0}}, "needs a mask"),
        ({"starry-night": 1.0}, {"outside": {"stary-nigt": 1.0}, "mask": Image.new("L", (1, 1))}, "did you mean"),
    ],
)
def test_wrong_settings_are_refused_in_a_sentence(
    photo: Image.Image, weights: dict[str, float], options: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        run_to_end(stylize(photo, weights, **options))
