"""One-pass style transfer on pictures of any size: blended paintings, strength, colours kept, masks."""

from collections.abc import Generator, Mapping

from PIL import Image

from zoo.errors import BadInput
from zoo.images.profiles import to_srgb
from zoo.images.tensors import to_tensor
from zoo.images.transparency import revealed
from zoo.loading import load_paintings
from zoo.progress import Progress
from zoo.style.compositing import finished, softened
from zoo.style.noise import with_noise
from zoo.style.settings import DEFAULT_STRENGTH, at_size, checked_strength, checked_weights
from zoo.style.tiled import paint

MODEL = "style.paintings"


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
) -> Generator[Progress[Image.Image]]:
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
    blends = [checked_weights(blend, network.styles) for blend in (weights, outside) if blend is not None]
    vectors = [network.blend(blend, strength) for blend in blends]
    image = with_noise(to_tensor(at_size(revealed(picture), size)).to(device))
    layers: list[Image.Image] = []
    for vector in vectors:
        for step in paint(network.network, image, vector):
            total = step.total * len(vectors)
            yield Progress(step.done + step.total * len(layers), total)
            if step.result is not None:
                layers.append(step.result)
    painted = layers[0]
    if outside is not None and mask is not None:
        painted, mask = Image.composite(*layers, softened(mask, painted.size)), None
    result = finished(painted, picture, strength=strength, keep_colors=keep_colors, mask=mask)
    yield Progress(total, total, result=result)
