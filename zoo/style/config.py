"""How an artwork is taken over by optimisation: size and iterations, weights, layers, start, method, scales, seed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from zoo.errors import BadInput
from zoo.nets.perceptual import STYLE_LAYERS
from zoo.nets.slim_features import LAYERS

Start = Literal["one-pass", "photo", "noise", "blurred-noise"]
Optimizer = Literal["lbfgs", "adam"]
Pooling = Literal["max", "average"]

DEFAULT_SIZE = 512  # pixels of the longest side
DEFAULT_ITERATIONS = 150
LARGEST_WEIGHT = 1e6  # the product of two, with their gradients, stays within float32


@dataclass(frozen=True)
class Recipe:
    """What is optimised, how, and from where.

    `layer_weights` are those of the style; a layer that is not named is not used. `smoothness` weighs total variation.
    `scales` are parts of the size at which the picture is painted, coarse to fine.
    """

    style_weight: float = 10.0
    content_weight: float = 1.0
    smoothness: float = 0.0
    layer_weights: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(STYLE_LAYERS, 1.0))
    start: Start = "one-pass"
    optimizer: Optimizer = "lbfgs"
    pooling: Pooling = "max"
    scales: tuple[float, ...] = (0.5, 1.0)
    seed: int = 0


def check(recipe: Recipe) -> None:
    """Raise BadInput, naming what cannot be followed, where a recipe cannot."""
    for name, value in (("style", recipe.style_weight), ("content", recipe.content_weight)):
        _check_weight(f"the {name}'s weight", value)
    _check_weight("the smoothness", recipe.smoothness)
    for name, weight in recipe.layer_weights.items():
        if name not in LAYERS:
            raise BadInput(f"there is no layer {str(name)[:80]!r}; give weights to any of {', '.join(LAYERS)}")
        _check_weight(f"the weight of {name}", weight)
    if not any(recipe.layer_weights.values()):
        raise BadInput("no layer is left for the style; give one of them a weight above 0")
    if not recipe.style_weight + recipe.content_weight > 0:
        raise BadInput("neither style nor content has a weight; give one of them a number above 0")
    for name, kind in (("start", Start), ("optimizer", Optimizer), ("pooling", Pooling)):
        if getattr(recipe, name) not in get_args(kind):
            raise BadInput(f"there is no {name} {getattr(recipe, name)!r}; give {', '.join(get_args(kind))}")
    scales = tuple(recipe.scales)
    if not scales or scales != tuple(sorted(set(scales))) or not 0 < scales[0] <= scales[-1] <= 1:
        raise BadInput(f"the scales are {scales}; give parts of the size, growing, above 0 and at most 1")
    if not -(2**63) <= recipe.seed < 2**63:
        raise BadInput(f"the seed is {recipe.seed}; give a number of 64 bits")


def _check_weight(what: str, value: float) -> None:
    if not 0 <= value <= LARGEST_WEIGHT:
        raise BadInput(f"{what} is {value}; give a number from 0 to {LARGEST_WEIGHT:,.0f}")
