"""What the widgets of the Style tab make of a choice."""

import pytest

from demo.style.optimization_options import recipe_of
from demo.style.style_options import Manner, manner_of, previews, title
from zoo.errors import BadInput
from zoo.style.config import Recipe
from zoo.style.fast import LONGEST_SIDE, styles

FIRST, SECOND = styles()[:2]


def read(others: list[str], *, broadness: float = 1, size: tuple[int, int] = (600, 400)) -> Manner:
    """What a user chose who clicked the first painting."""
    return manner_of([FIRST, others, 0.5, broadness, True, 0.8, 0.2, 0.0, 0.0], size)


def test_one_painting_needs_no_share() -> None:
    assert read([]) == read([FIRST]) == Manner({FIRST: 1.0}, 0.5, True)


def test_several_paintings_have_the_shares_of_their_sliders() -> None:
    manner = read([SECOND])
    assert manner.weights == {FIRST: 0.8, SECOND: 0.2} and manner.name == f"{FIRST}-{SECOND}"


def test_broader_strokes_are_painted_smaller() -> None:
    assert read([], broadness=4).size == 150
    assert read([], broadness=4, size=(9000, 100)).size == LONGEST_SIDE / 4
    assert read([], broadness=0.5).size == 1200
    assert read([], broadness=6, size=(40, 40)).size == 32  # and never too small for the network


def test_what_was_chosen_can_be_read_in_the_file() -> None:
    assert str(Manner({"starry-night": 0.5}, 0.8, True, 300)) == (
        "Iris style.paintings: starry-night 0.5; strength 0.8; colours kept; painted at 300 px"
    )


def test_every_style_has_a_preview_and_a_title() -> None:
    assert [name for _, name in previews("cpu")] == [title(name) for name in styles()]
    assert title("composition-vii") == "Composition VII" and title("starry-night") == "Starry night"


def test_a_recipe_is_read_from_json() -> None:
    assert recipe_of({"start": "noise", "scales": [1.0]}) == Recipe(start="noise", scales=(1.0,))


@pytest.mark.parametrize(
    ("fields", "named"), [({"salt": 1}, "salt"), ({"start": "nowhere"}, "start"), ({"seed": None}, "seed")]
)
def test_a_recipe_that_cannot_be_followed_is_refused_by_name(fields: dict[str, object], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        recipe_of(fields)
