"""Any artwork is painted after in one pass, whatever it is."""

from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data

from zoo.errors import BadInput
from zoo.progress import run_to_end
from zoo.style.any_artwork import stylize_like


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.fromarray(data.astronaut()).resize((120, 90))


@pytest.fixture(scope="module")
def artwork() -> Image.Image:
    return Image.fromarray(data.coffee())


def painted(photo: Image.Image, artwork: Image.Image, **options: Any) -> np.ndarray:
    return np.asarray(run_to_end(stylize_like(photo, artwork, **options)).convert("RGB")).astype(float)


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Root mean square difference in grey levels."""
    return float(np.sqrt(np.square(one - other).mean()))


def test_the_picture_takes_the_artworks_colours(photo: Image.Image, artwork: Image.Image) -> None:
    wanted, own = (np.asarray(image, float).mean((0, 1)) for image in (artwork, photo))
    found = painted(photo, artwork).mean((0, 1))
    assert np.abs(found - wanted).max() < 0.6 * np.abs(own - wanted).max()


def test_artworks_differ(photo: Image.Image, artwork: Image.Image) -> None:
    assert distance(painted(photo, artwork), painted(photo, Image.fromarray(data.retina()))) > 15


def test_strength_leads_from_the_photo_itself_to_the_artwork(photo: Image.Image, artwork: Image.Image) -> None:
    source = np.asarray(photo).astype(float)
    far = [distance(painted(photo, artwork, strength=strength), source) for strength in (0.0, 0.35, 0.7, 1.0)]
    assert far[0] == 0
    assert far == sorted(far)
    assert far[-1] > 20


@pytest.mark.parametrize(
    "odd",
    [
        Image.new("RGB", (200, 100), (200, 40, 40)),
        Image.new("RGB", (1, 1), "white"),
        Image.fromarray(data.camera()),
        Image.fromarray(data.coffee()).convert("RGBA"),
        Image.new("RGB", (3000, 2)),
    ],
    ids=["flat", "one pixel", "grey", "with alpha", "a line"],
)
def test_an_odd_artwork_gives_a_sensible_picture(photo: Image.Image, odd: Image.Image) -> None:
    result = painted(photo, odd)
    assert result.shape == (90, 120, 3)
    likeness = np.corrcoef(result.mean(2).ravel(), np.asarray(photo.convert("L")).ravel())[0, 1]
    assert likeness > 0.4  # the photo can still be seen


def test_a_photo_after_itself_stays_near(photo: Image.Image, artwork: Image.Image) -> None:
    source = np.asarray(photo).astype(float)
    assert distance(painted(photo, photo), source) < 0.7 * distance(painted(photo, artwork), source)


def test_a_black_mask_leaves_the_photo_and_transparency_stays(photo: Image.Image, artwork: Image.Image) -> None:
    kept = run_to_end(stylize_like(photo, artwork, mask=Image.new("L", (3, 3))))
    assert kept.tobytes() == photo.tobytes()
    half = photo.copy()
    half.putalpha(photo.convert("L"))
    assert run_to_end(stylize_like(half, artwork)).getchannel("A").tobytes() == photo.convert("L").tobytes()


def test_a_wrong_strength_is_refused_in_a_sentence(photo: Image.Image, artwork: Image.Image) -> None:
    with pytest.raises(BadInput, match="0 to 1"):
        run_to_end(stylize_like(photo, artwork, strength=2))
