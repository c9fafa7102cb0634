"""Maps of flat colours become regions, the same ones in both maps, or are refused by name."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data

from zoo.errors import BadInput
from zoo.style.regions import in_colors_of, regions_of


def halves(first: str, second: str, size: tuple[int, int] = (40, 30)) -> Image.Image:
    """The first colour at the left, the second at the right."""
    picture = Image.new("RGB", size, second)
    picture.paste(first, (0, 0, size[0] // 2, size[1]))
    return picture


def test_regions_are_matched_by_colour_not_by_place() -> None:
    one, other = regions_of((halves("red", "blue"), halves("blue", "red")))
    assert one.shape == other.shape == (2, 30, 40)
    assert torch.equal(one, other.flip(2)) and torch.equal(one.sum(0), torch.ones(30, 40))


def test_maps_of_other_sizes_fit() -> None:
    one, other = regions_of((halves("red", "blue"), halves("red", "blue", (200, 1000))))
    assert one.mean((1, 2)).tolist() == other.mean((1, 2)).tolist() == [0.5, 0.5]


def test_blurred_and_compressed_colours_go_to_the_nearest() -> None:
    file = io.BytesIO()
    halves("#e01010", "#2030d0", (90, 60)).resize((200, 160), Image.Resampling.BICUBIC).save(file, "JPEG", quality=60)
    one, other = regions_of((halves("#e01010", "#2030d0"), Image.open(file)))
    assert len(one) == len(other) == 2
    assert other[:, :, :95].mean((1, 2)).tolist() in ([1.0, 0.0], [0.0, 1.0])


def test_a_colour_in_one_map_only_is_named() -> None:
    both, blue = halves("red", "blue"), Image.new("RGB", (5, 5), "blue")
    with pytest.raises(BadInput, match=r"only the map of the artwork has red \(#ff0000\)"):
        regions_of((both, blue))
    with pytest.raises(BadInput, match=r"only the map of the picture has red \(#ff0000\)"):
        regions_of((blue, both))


def test_a_photo_is_no_map() -> None:
    photo = Image.fromarray(data.coffee())
    with pytest.raises(BadInput, match="flat"):
        regions_of((photo, photo))


def test_too_many_colours_are_refused() -> None:
    rainbow = Image.fromarray(np.array([[(0, level % 2 * 255, level * 28) for level in range(10)]], np.uint8)).resize(
        (300, 20), 0
    )
    with pytest.raises(BadInput, match="at most 8"):
        regions_of((rainbow, rainbow))


def test_a_doodle_in_the_artworks_colours() -> None:
    artwork = halves("#402010", "#80c0ff", (60, 50))
    regions = regions_of((halves("red", "blue"), halves("blue", "red", (16, 12))))
    picture = np.asarray(in_colors_of(artwork, regions, (16, 12)))
    assert picture.shape == (12, 16, 3)
    assert np.allclose(picture[:, :8], (0x80, 0xC0, 0xFF), atol=1) and np.allclose(
        picture[:, 8:], (0x40, 0x20, 0x10), atol=1
    )
