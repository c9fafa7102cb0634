"""A painting is made of the colours that one sees, whatever numbers stand for them, and keeps what a photo says."""

import struct

import numpy as np
import pytest
from picture_files import remarks, srgb_profile
from PIL import Image
from skimage import data

from zoo.images.profiles import to_srgb
from zoo.progress import run_to_end
from zoo.style.fast import styles, stylize


def swapped_profile() -> bytes:
    """A profile of a screen whose red and green are exchanged."""
    profile = bytearray(srgb_profile())
    (count,) = struct.unpack_from(">I", profile, 128)
    places = {bytes(profile[place : place + 4]): place for place in range(132, 132 + 12 * count, 12)}
    red, green = places[b"rXYZ"], places[b"gXYZ"]
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def photo() -> Image.Image:
    return Image.fromarray(data.astronaut()).resize((96, 96))


def swapped_photo(mode: str = "RGB") -> Image.Image:
    """The photo in numbers of the other screen."""
    red, green, blue = photo().split()
    picture = Image.merge("RGB", (green, red, blue)).convert(mode)
    picture.info["icc_profile"] = swapped_profile()
    return picture


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_come_as_one_sees_them(mode: str) -> None:
    found = to_srgb(swapped_photo(mode))
    assert found.mode == mode and "icc_profile" not in found.info
    assert np.abs(np.asarray(found.convert("RGB"), int) - np.asarray(photo(), int)).max() <= 3


def test_a_picture_in_srgb_stays_as_it_is() -> None:
    tagged = photo()
    tagged.info["icc_profile"] = srgb_profile()
    assert to_srgb(tagged) is tagged and to_srgb(photo()).tobytes() == photo().tobytes()


def test_paintings_of_what_looks_alike_look_alike() -> None:
    weights = {styles()[0]: 1.0}
    plain, other = (run_to_end(stylize(picture, weights)) for picture in (photo(), swapped_photo()))
    assert "icc_profile" not in other.info
    assert np.abs(np.asarray(plain, int) - np.asarray(other, int)).mean() < 2


def test_a_grey_photo_keeps_what_it_says_of_itself_when_it_is_painted() -> None:
    grey = photo().convert("L")
    grey.info = {"exif": remarks(Artist="Ann"), "dpi": (300, 300)}
    painted = run_to_end(stylize(grey, {styles()[0]: 1.0}))
    assert painted.mode == "RGB" and painted.info["dpi"] == (300, 300)
    assert painted.getexif()[Image.ExifTags.Base.Artist] == "Ann"
