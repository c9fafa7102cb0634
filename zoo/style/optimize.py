"""Style transfer from any artwork, by optimising the pixels themselves.

After Gatys et al. 2015 (https://arxiv.org/abs/1508.06576). It differs from the paper in its feature network
(``features.slim``, distilled from VGG-19), in relative losses, in starting from what one pass after the artwork gives,
and in going from a coarse scale to the full one.
"""

from collections.abc import Generator, Iterator
from dataclasses import replace

from PIL import Image
from torch import Tensor, nn

from zoo.errors import BadInput
from zoo.images.profiles import to_srgb
from zoo.images.tensors import to_picture, to_tensor
from zoo.images.transparency import revealed
from zoo.loading import load
from zoo.progress import Progress
from zoo.style.compositing import finished
from zoo.style.config import DEFAULT_ITERATIONS, DEFAULT_SIZE, Recipe, check
from zoo.style.full_size import full_size_steps, paint_up_to_full_size
from zoo.style.losses import Regions, descend, make_target
from zoo.style.regions import in_colors_of, regions_of
from zoo.style.scales import SMALLEST_SIDE, fit, resized
from zoo.style.starts import start_from

FEATURES = "features.slim"
PREVIEW_EVERY = 10
LARGEST_SIDE = 1024
MOST_ITERATIONS = 1000
USUAL = Recipe()


def stylize_from_artwork(
    picture: Image.Image | None,
    artwork: Image.Image,
    *,
    size: int = DEFAULT_SIZE,
    iterations: int = DEFAULT_ITERATIONS,
    recipe: Recipe = USUAL,
    full_size: bool = False,
    keep_colors: bool = False,
    mask: Image.Image | None = None,
    maps: tuple[Image.Image, Image.Image] | None = None,
    device: str = "cpu",
) -> Generator[Progress[Image.Image]]:
    """Repaint a picture in the manner of an artwork, at the picture's own size, a step with its loss each iteration.

    ``size`` is the longest side in pixels at which it is painted; with ``full_size`` it is painted on from there up to
    the picture's own size, two steps for each tile and iteration, else the result is enlarged. Every tenth iteration
    has a preview, at the size of that moment; `compositing.finished` makes a result of it. ``maps``, of the artwork and
    of the picture, say in flat colours what is painted like what; with them there need be no picture, and the second
    map alone is painted out.
    Raises BadInput for settings out of range.
    """
    _check(size, iterations, recipe)
    if full_size and maps:
        raise BadInput("with maps a picture is painted at one size; leave one of the two out")
    regions, artwork = regions_of(maps) if maps else None, revealed(to_srgb(artwork))
    if picture is None:
        if maps is None or regions is None:
            raise BadInput("there is no picture; give one, or two maps")
        picture, recipe = in_colors_of(artwork, regions, maps[1].size), _without_content(recipe)
    picture, network = to_srgb(picture), load(FEATURES, device)
    photo, art = (to_tensor(image).to(device) for image in (revealed(picture), artwork))
    painted = photo
    total = iterations + (full_size_steps(photo, round(size * recipe.scales[-1])) if full_size else 0)
    steps = _descend_scales(network, photo, art, recipe, regions, size, iterations)
    for done, (loss, painted) in enumerate(steps, 1):
        preview = to_picture(painted) if done % PREVIEW_EVERY == 0 else None
        yield Progress(done, total, preview=preview, note=f"loss {loss:.3f}", loss=loss)
    if full_size:
        enlarging = paint_up_to_full_size(network, painted, photo, art, recipe)
        for done, painted in enumerate(enlarging, iterations + 1):
            yield Progress(done, total, note=f"{painted.shape[3]} x {painted.shape[2]} pixels")
    result = finished(to_picture(painted), picture, keep_colors=keep_colors, mask=mask)
    yield Progress(total, total, result=result)


def _descend_scales(
    network: nn.Module,
    photo: Tensor,
    artwork: Tensor,
    recipe: Recipe,
    regions: Regions | None,
    size: int,
    iterations: int,
) -> Iterator[tuple[float, Tensor]]:
    """Optimise at each scale of the recipe from what the one before gave, yielding loss and image each iteration."""
    if regions:
        regions = regions[0].to(photo.device), regions[1].to(photo.device)
    painted, done = None, 0
    for scale, until in zip(recipe.scales, schedule(recipe.scales, iterations), strict=True):
        content, style = (fit(image, max(SMALLEST_SIDE, round(size * scale))) for image in (photo, artwork))
        start = start_from(content, style, recipe) if painted is None else resized(painted, content.shape[2:])
        target = make_target(network, content, style, recipe, regions)
        for loss, painted in descend(network, target, start.clamp(0, 1), until - done):
            yield loss, painted
        done = until


def schedule(scales: tuple[float, ...], iterations: int) -> list[int]:
    """Count how many iterations are done at the end of each scale: the coarser, the more, because they cost less."""
    shares = [1 / scale for scale in scales]
    return [int(iterations * sum(shares[: number + 1]) / sum(shares) + 1e-6) for number in range(len(scales))]


def _without_content(recipe: Recipe) -> Recipe:
    """Give the recipe for where there is no photo, but only its colours."""
    return replace(recipe, content_weight=0.0, start="photo" if recipe.start == "one-pass" else recipe.start)


def _check(size: int, iterations: int, recipe: Recipe) -> None:
    check(recipe)
    if not SMALLEST_SIDE <= size <= LARGEST_SIDE:
        raise BadInput(f"size is {size}; give pixels from {SMALLEST_SIDE} to {LARGEST_SIDE}")
    if not 1 <= iterations <= MOST_ITERATIONS:
        raise BadInput(f"{iterations} iterations asked for; give 1 to {MOST_ITERATIONS}")
