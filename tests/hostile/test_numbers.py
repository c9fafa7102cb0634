"""Numbers that are none, or larger than arithmetic holds, are refused: no black picture, no stack trace."""

import pytest
import torch

from demo.settings import from_command_line
from zoo.errors import BadInput, Refused
from zoo.images.tensors import to_picture
from zoo.style.config import Recipe, check
from zoo.style.settings import checked_weights

HOSTILE = [float("nan"), float("inf"), float("-inf"), 1e308, -1.0]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_weight_that_arithmetic_cannot_hold_is_refused(value: float) -> None:
    for recipe in (
        Recipe(style_weight=value), Recipe(content_weight=value), Recipe(smoothness=value),
        Recipe(layer_weights={"conv1_1": 1.0, **dict.fromkeys(Recipe().layer_weights, value)}),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            check(recipe)
    with pytest.raises(BadInput, match="the weight of wave"):
        checked_weights({"wave": value, "night": 1.0}, ("wave", "night"))


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("limit", ["max-mb", "max-megapixels", "upscale-megapixels", "clip-seconds", "zip-mb"])
def test_a_limit_that_is_none_is_refused(limit: str, value: float) -> None:
    with pytest.raises(BadInput, match="is no limit"):
        from_command_line([f"--{limit}={value}"])


def test_a_result_that_is_no_number_is_never_saved_as_black() -> None:
    image = torch.zeros(1, 3, 300, 2)
    assert to_picture(image).getpixel((0, 0)) == (0, 0, 0)
    image[0, 1, 299, 1] = float("nan")
    with pytest.raises(Refused, match="no numbers"):
        to_picture(image)
