"""Two pictures over each other: where they are looked at first."""

import pytest
from PIL import Image

from demo.web.compare import Compared, most_detailed


@pytest.mark.parametrize("corner", [(20, 30), (280, 150)])
def test_the_view_begins_where_the_detail_is(corner: tuple[int, int]) -> None:
    picture = Image.new("RGB", (400, 240), "grey")
    picture.paste(Image.effect_noise((80, 60), 90).convert("RGB"), corner)
    x, y = most_detailed(picture)
    assert corner[0] <= 400 * x <= corner[0] + 80 and corner[1] <= 240 * y <= corner[1] + 60


@pytest.mark.parametrize("size", [(1, 1), (2, 900), (900, 2)])
def test_a_picture_too_small_for_detail_is_seen_from_its_middle(size: tuple[int, int]) -> None:
    assert most_detailed(Image.new("RGB", size)) == (0.5, 0.5)


def test_a_value_holds_what_the_browser_draws() -> None:
    assert Compared("/a", "/b", (4, 3), (0.1, 0.2)).value() == {
        "before": "/a", "after": "/b", "size": [4, 3], "focus": [0.1, 0.2],
    }  # fmt: skip
