"""The brush: its strokes become a mask, and nothing else does."""

import numpy as np
import pytest
from PIL import Image, ImageStat

from demo.style.brush import MOST_POINTS, MOST_STROKES, painted_mask
from zoo.errors import BadInput

ACROSS = {"points": [[0.0, 0.5], [1.0, 0.5]], "width": 0.2, "erase": False}


def value(*strokes: object) -> dict[str, object]:
    """What the page sends."""
    return {"photo": "http://127.0.0.1/file=a.png", "strokes": list(strokes)}


def brushed(value: object, size: tuple[int, int], **options: float) -> Image.Image:
    """The mask of a brush that painted."""
    mask = painted_mask(value, size, **options)
    assert mask is not None
    return mask


def test_white_is_where_the_brush_was() -> None:
    mask = brushed(value(ACROSS), (200, 100))
    assert mask.size == (200, 100) and mask.mode == "L"
    assert [mask.getpixel((100, y)) for y in (5, 50, 95)] == [0, 255, 0]


def test_a_dot_is_round_and_as_wide_as_the_brush() -> None:
    mask = brushed(value({"points": [[0.5, 0.5]], "width": 0.5}), (100, 100))
    assert ImageStat.Stat(mask).mean[0] / 255 == pytest.approx(3.14159 / 4 * 0.5**2, rel=0.05)


def test_the_eraser_takes_away_what_was_painted_before_it() -> None:
    mask = brushed(value(ACROSS, {"points": [[0.5, 0.5]], "width": 0.1, "erase": True}), (200, 100))
    assert mask.getpixel((100, 50)) == 0 and mask.getpixel((20, 50)) == 255


def test_a_soft_edge_fades() -> None:
    hard, soft = (brushed(value(ACROSS), (200, 100), softness=width) for width in (0.0, 0.1))
    edge = list(np.asarray(soft)[20:45, 100])
    assert set(hard.get_flattened_data()) == {0, 255} and edge == sorted(edge) and len(set(edge)) > 8


def test_the_mask_of_a_large_picture_has_its_shape_and_stays_small() -> None:
    assert brushed(value(ACROSS), (8000, 6000)).size == (1024, 768)


@pytest.mark.parametrize("nothing", [None, "", {}, value()])
def test_without_a_stroke_there_is_no_mask(nothing: object) -> None:
    assert painted_mask(nothing, (10, 10)) is None


@pytest.mark.parametrize(
    "hostile",
    [
        {"photo": "a.png"},
        ["strokes"],
        {"strokes": "all"},
        value({"points": [], "width": 0.1}),
        value({"points": [[0.5, 5.0]], "width": 0.1}),
        value({"points": [[0.5, float("nan")]], "width": 0.1}),
        value({"points": [[0.5, 0.5]], "width": 1e9}),
        value({"points": [[0.5, 0.5]] * (MOST_POINTS + 1), "width": 0.1}),
        value(*[ACROSS] * (MOST_STROKES + 1)),
    ],
)
def test_what_no_brush_makes_is_refused(hostile: object) -> None:
    with pytest.raises(BadInput, match="paint again"):
        painted_mask(hostile, (10, 10))
