"""One-pass style transfer on pictures of any size: blended paintings, strength, colours kept, masks."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from PIL import Image

from zoo.errors import BadInput
from zoo.images.profiles import to_srgb
from zoo.images.tensors import to_tensor
from zoo.loading import load_paintings
from zoo.progress import Progress
from zoo.style.compositing import as_rgb, finished, softened
from zoo.style.config import LARGEST_WEIGHT
from zoo.style.tiled import SMALLEST_SIDE, paint

MODEL = "style.paintings"
DEFAULT_STRENGTH = 1.0
LONGEST_SIDE = 1280  # above this, strokes get too fine to be seen as strokes, unless asked for


def styles() -> list[str]:
    """List the names of the paintings that the network knows."""
    return list(load_paintings(MODEL).styles)


def stylize(
    picture: Image.Image,
    weights: Mapping[str, float],
    *,
    strength: float = DEFAULT_STRENGTH,
    keep_colors: bool = False,
    mask: Image.Image | None = None,
    outside: Mapping[str, float] | None = None,
    size: int | None = None,
    device: str = "cpu",
) -> Iterator[Progress]:
    """Repaint a picture in a blend of styles, at its own size, however large.

    ``weights`` are any positive shares; ``strength`` 0 gives the photo itself, 1 the full style. ``mask`` is stretched
    over the picture: white is painted, black is left, or painted in the blend ``outside``. ``size`` is the longest side
    in pixels at which the network paints (smaller is broader strokes), by default the picture's own up to 1280. Raises
    BadInput for wrong weights, strength or size, and for an ``outside`` without a mask.
    """
    if outside is not None and mask is None:
        raise BadInput("a style outside needs a mask that says where; give one")
    strength, picture = checked_strength(strength), to_srgb(picture)
    network = load_paintings(MODEL, device)
    blends = [checked(blend, network.styles) for blend in (weights, outside) if blend is not None]
    vectors = [network.blend(blend, strength) for blend in blends]
    image = to_tensor(at_size(picture, size)).to(device)
    layers: list[Image.Image] = []
    for vector in vectors:
        for step in paint(network.network, image, vector):
            total = step.total * len(vectors)
            yield Progress(step.done + step.total * len(layers), total)
        layers.append(step.result)
    painted = layers[0]
    if outside is not None:
        painted, mask = Image.composite(*layers, softened(mask, painted.size)), None
    result = finished(painted, picture, strength=strength, keep_colors=keep_colors, mask=mask)
    yield Progress(total, total, result=result)


def checked(weights: Mapping[str, float], names: tuple[str, ...]) -> dict[str, float]:
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
    shape = tuple(max(1, round(length * side / longest)) for length in picture.size)
    return as_rgb(picture).resize(shape, Image.Resampling.LANCZOS)
