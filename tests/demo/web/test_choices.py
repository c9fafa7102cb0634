"""Pictures to choose from."""

import pytest
from PIL import Image

from demo.web.choices import WIDE, Choice, Tile, grid_value, picture_radio, pressed_tile, served_thumbnail

RED = Image.new("RGB", (300, 200), "red")


def test_every_choice_of_a_radio_group_has_its_name() -> None:
    group = picture_radio("Painted like", [Choice("scream", "The <scream>", RED), Choice("wave", "Wave", RED)], "wave")
    assert group.html_template.count('type="radio"') == 2 and "<legend>Painted like</legend>" in group.html_template
    assert "The &lt;scream&gt;</span>" in group.html_template and group.value == "wave"


def test_a_picture_to_choose_is_a_file_of_one_address_and_weighs_nothing_in_the_page() -> None:
    group = picture_radio("Painted like", [Choice("red", "Red", RED), Choice("also", "Also red", RED.copy())])
    assert group.html_template.count(f'src="{served_thumbnail(RED, WIDE)}"') == 2 and "data:" not in group.html_template


def test_a_pressed_tile_is_read_from_the_value() -> None:
    assert pressed_tile(grid_value([Tile("a", "A", "/a")])) is None
    assert pressed_tile({"tiles": [], "chosen": "a"}) == "a"


@pytest.mark.parametrize("hostile", [None, [], "a", {"chosen": 7}, {"chosen": ["a"]}])
def test_what_no_grid_sends_presses_nothing(hostile: object) -> None:
    assert pressed_tile(hostile) is None
