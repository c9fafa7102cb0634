"""What one-pass style transfer may be asked for: blends of paintings, strength, the size at which it paints."""

from collections.abc import Mapping
from difflib import get_close_matches

from PIL import Image

from zoo.errors import BadInput
from zoo.nets.style_network import SMALLEST_SIDE
from zoo.style.compositing import as_rgb
from zoo.style.config import LARGEST_WEIGHT

DEFAULT_STRENGTH = 1.0
LONGEST_SIDE = 1280  # above this, strokes get too fine to be seen as strokes, unless asked for


def checked_weights(weights: Mapping[str, float], names: tuple[str, ...]) -> dict[str, float]:
    """Check that weights can be blended; raises BadInput that names the known styles or the wrong weight."""
    for name, weight in weights.items():
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
            raise BadInput(f"no style {name[:80]!r}; {hint}")
        if not 0 <= weight <= LARGEST_WEIGHT:
            raise BadInput(f"the weight of {name} is {weight}; give a number from 0 to {LARGEST_WEIGHT:,.0f}")
    if not sum(weights.values()) > 0:
        raise BadInput(f"choose a style with a weight above 0; there are {', '.join(names)}")
    return dict(weights)


def checked_strength(strength: float) -> float:
    """Check that a strength is in 0..1; raises BadInput for any other."""
    if not 0 <= strength <= 1:
        raise BadInput(f"strength is {strength}; give a number from 0 to 1")
    return strength


def at_size(picture: Image.Image, size: int | None) -> Image.Image:
    """Shrink a picture to the longest side at which it is painted; raises BadInput for a size out of range."""
    longest = max(picture.size)
    largest = max(longest, LONGEST_SIDE)
    if size is not None and not SMALLEST_SIDE <= size <= largest:
        raise BadInput(f"size is {size}; give pixels from {SMALLEST_SIDE} to {largest}")
    side = size or min(longest, LONGEST_SIDE)
    if side == longest:
        return picture
    shape = [max(1, round(length * side / longest)) for length in picture.size]
    return as_rgb(picture).resize(shape, Image.Resampling.LANCZOS)
