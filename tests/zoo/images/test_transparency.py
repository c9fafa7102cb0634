"""What transparency hides is never made use of: not in paintings, not in answers, not in masks."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PIL import Image
from skimage import data

from zoo.encoder.crops import crop_square, squeeze_square
from zoo.encoder.dhash import dhash
from zoo.images.transparency import revealed
from zoo.progress import Progress, run_to_end
from zoo.style.any_artwork import stylize_like
from zoo.style.compositing import softened
from zoo.style.fast import styles, stylize
from zoo.style.optimize import stylize_from_artwork

Paint = Callable[[Image.Image], Iterator[Progress[Image.Image]]]


def photo() -> Image.Image:
    return Image.fromarray(data.astronaut()).resize((64, 48))


def cut_out(hidden: str) -> Image.Image:
    """The middle of the photo, with this colour under the transparency around it."""
    picture = Image.new("RGBA", (64, 48), hidden)
    picture.putalpha(0)
    picture.paste(photo().crop((16, 12, 48, 36)), (16, 12))
    return picture


PAINT: dict[str, Paint] = {
    "one pass": lambda picture: stylize(picture, {styles()[0]: 1.0}),
    "smaller": lambda picture: stylize(picture, {styles()[0]: 1.0}, size=40),
    "any artwork": lambda picture: stylize_like(picture, photo()),
    "a cut-out artwork": lambda picture: stylize_like(photo(), picture),
    "optimised": lambda picture: stylize_from_artwork(picture, photo(), size=32, iterations=2),
    "optimised after a cut-out": lambda picture: stylize_from_artwork(photo(), picture, size=32, iterations=2),
}


@pytest.mark.parametrize("way", PAINT)
def test_a_painting_is_the_same_whatever_colour_is_hidden(way: str) -> None:
    black, red = (run_to_end(PAINT[way](cut_out(colour))).convert("RGBA") for colour in ("black", "red"))
    seen = np.asarray(black.getchannel("A")) > 0
    assert seen.any() and np.array_equal(np.asarray(black)[seen], np.asarray(red)[seen])


@pytest.mark.parametrize("look", [crop_square, squeeze_square, dhash])
def test_the_encoder_sees_the_same_whatever_colour_is_hidden(look: Callable[[Image.Image], object]) -> None:
    assert look(cut_out("black")) == look(cut_out("red"))


def test_hidden_colours_give_way_to_those_beside_them() -> None:
    found = np.asarray(revealed(cut_out("red")), int)
    assert np.array_equal(found[12:36, 16:48], np.asarray(photo())[12:36, 16:48])
    assert np.abs(found[24, 8] - np.asarray(photo(), int)[14:34, 16:24].mean((0, 1))).max() < 60


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_where_nothing_is_seen_there_is_grey(mode: str) -> None:
    found = revealed(Image.new(mode, (5, 3), 0))
    assert found.mode == "RGB" and found.getcolors() == [(15, (128, 128, 128))]


def test_what_hides_nothing_stays_as_it_is() -> None:
    glass = photo().convert("RGBA")
    glass.putalpha(1)
    assert revealed(glass) is glass and revealed(photo()).tobytes() == photo().tobytes()


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_a_mask_is_black_where_it_is_transparent(mode: str) -> None:
    mask = Image.new(mode, (64, 48), "white")
    half = Image.new("L", mask.size, 255)
    half.paste(0, (32, 0, 64, 48))
    mask.putalpha(half)
    found = np.asarray(softened(mask, mask.size))
    assert (found[:, :24] == 255).all() and (found[:, 40:] == 0).all()
