"""What the widgets of the Style tab make of a choice."""

import gradio as gr
import pytest

from demo.style.optimization_options import recipe_of
from demo.style.style_options import MOST_BLENDED, StyleOptions, StyleWidgets
from zoo.errors import BadInput
from zoo.style.config import Recipe
from zoo.style.fast import styles
from zoo.style.settings import LONGEST_SIDE

FIRST, SECOND = styles()[:2]


@pytest.fixture(scope="module")
def widgets() -> StyleWidgets:
    """Widgets as the page lays them out."""
    shares = [gr.Slider(0, 1, 1) for _ in range(MOST_BLENDED)]
    return StyleWidgets(gr.HTML(), gr.Dropdown([]), shares, gr.Slider(0, 1), gr.Slider(0, 6), gr.Checkbox())


def read(
    widgets: StyleWidgets, others: list[str], *, broadness: float = 1, size: tuple[int, int] = (600, 400)
) -> StyleOptions:
    """What a user chose who clicked the first painting."""
    shares = dict(zip(widgets.shares, (0.8, 0.2, 0.0, 0.0), strict=True))
    chosen = {widgets.painting: FIRST, widgets.others: others, widgets.strength: 0.5, widgets.colors: True}
    return widgets.read(chosen | shares | {widgets.broadness: broadness}, size)


def test_what_is_read_is_asked_of_the_page(widgets: StyleWidgets) -> None:
    assert {widgets.painting, widgets.others, widgets.strength, widgets.colors, widgets.broadness} < widgets.inputs()
    assert set(widgets.shares) < widgets.inputs()


def test_one_painting_needs_no_share(widgets: StyleWidgets) -> None:
    assert read(widgets, []) == read(widgets, [FIRST]) == StyleOptions({FIRST: 1.0}, 0.5, True)


def test_several_paintings_have_the_shares_of_their_sliders(widgets: StyleWidgets) -> None:
    options = read(widgets, [SECOND])
    assert options.weights == {FIRST: 0.8, SECOND: 0.2} and options.name == f"{FIRST}-{SECOND}"


def test_broader_strokes_are_painted_smaller(widgets: StyleWidgets) -> None:
    assert read(widgets, [], broadness=4).size == 150
    assert read(widgets, [], broadness=4, size=(9000, 100)).size == LONGEST_SIDE / 4
    assert read(widgets, [], broadness=0.5).size == 1200
    assert read(widgets, [], broadness=6, size=(40, 40)).size == 32  # and never too small for the network


def test_what_was_chosen_can_be_read_in_the_file() -> None:
    assert str(StyleOptions({"starry-night": 0.5}, 0.8, True, 300)) == (
        "Iris style.paintings: starry-night 0.5; strength 0.8; colours kept; painted at 300 px"
    )


def test_a_recipe_is_read_from_json() -> None:
    assert recipe_of({"start": "noise", "scales": [1.0]}) == Recipe(start="noise", scales=(1.0,))


@pytest.mark.parametrize(
    ("fields", "named"), [({"salt": 1}, "salt"), ({"start": "nowhere"}, "start"), ({"seed": None}, "seed")]
)
def test_a_recipe_that_cannot_be_followed_is_refused_by_name(fields: dict[str, object], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        recipe_of(fields)


def test_one_painting_is_named_and_a_blend_is_not() -> None:
    assert StyleOptions({"starry-night": 1.0}).title == "Painted like The Starry Night (van Gogh, 1889)."
    assert StyleOptions({"starry-night": 0.5, "great-wave": 0.5}).title == ""
