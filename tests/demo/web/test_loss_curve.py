"""The loss as a drawing."""

import re

from demo.web.loss_curve import HEIGHT, WIDTH, loss_curve


def points(drawing: str) -> list[tuple[float, float]]:
    """The places of a curve."""
    [line] = re.findall(r'points="([^"]+)"', drawing)
    places = (place.split(",") for place in line.split())
    return [(float(x), float(y)) for x, y in places]


def test_a_falling_loss_is_a_falling_line_from_the_top_to_the_bottom() -> None:
    places = points(loss_curve([40.0, 4.0, 0.4], 3))
    assert places == [(0, 0), (WIDTH / 2, HEIGHT / 2), (WIDTH, HEIGHT)]  # evenly: the scale is logarithmic


def test_the_line_is_as_far_as_the_job() -> None:
    assert points(loss_curve([3.0, 2.0], 101))[-1][0] == WIDTH / 100


def test_there_is_no_line_before_there_are_two_losses() -> None:
    assert loss_curve([], 5) == loss_curve([1.0], 5) == loss_curve([1.0, float("nan")], 5) == ""
