"""Optimising towards an artwork lowers the loss, shows its way, and can be repeated."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

from zoo.errors import BadInput
from zoo.optimize import stylize_from_artwork
from zoo.steps import finish


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.fromarray(data.astronaut()).resize((90, 64))


@pytest.fixture(scope="module")
def artwork() -> Image.Image:
    return Image.fromarray(data.coffee())


def test_the_loss_falls_and_previews_come(photo: Image.Image, artwork: Image.Image) -> None:
    steps = list(stylize_from_artwork(photo, artwork, size=64, iterations=30))
    losses = [float(step.note.removeprefix("loss ")) for step in steps[:-1]]
    assert losses[14] < 0.6 * losses[0]  # the first scale
    assert losses[-1] < losses[15]  # the second
    assert [step.done for step in steps if step.preview] == [10, 20, 30]


def test_the_result_has_the_photos_size(photo: Image.Image, artwork: Image.Image) -> None:
    assert finish(stylize_from_artwork(photo, artwork, size=48, iterations=2)).size == photo.size


def test_a_seed_repeats_a_result(photo: Image.Image, artwork: Image.Image) -> None:
    one, same, other = (
        np.asarray(finish(stylize_from_artwork(photo, artwork, size=48, iterations=4, seed=seed))) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("size", [(1, 1), (2, 300)])
def test_tiny_and_thin_pictures_work(artwork: Image.Image, size: tuple[int, int]) -> None:
    assert finish(stylize_from_artwork(Image.new("RGB", size, "red"), artwork, size=48, iterations=2)).size == size


@pytest.mark.parametrize(
    "options", [{"size": 4}, {"size": 100_000}, {"iterations": 0}, {"iterations": 10**9}, {"style_weight": -1.0}]
)
def test_settings_out_of_range_are_refused(photo: Image.Image, artwork: Image.Image, options: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="give"):
        finish(stylize_from_artwork(photo, artwork, **options))
