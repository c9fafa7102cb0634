"""Style transfer from any artwork, by optimising the pixels themselves.

After Gatys et al. 2015 (https://arxiv.org/abs/1508.06576). It differs from the paper in its feature network
(``features.slim``, distilled from VGG-19), in relative losses, in starting from what one pass after the artwork gives,
and in going from a coarse scale to the full one.
"""

from collections.abc import Iterator
from dataclasses import replace

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from zoo.errors import BadInput
from zoo.images.profiles import to_srgb
from zoo.images.tensors import to_picture, to_tensor
from zoo.loading import load
from zoo.nets.perceptual import texture
from zoo.progress import Progress, run_to_end
from zoo.style.any_artwork import stylize_like
from zoo.style.compositing import finished
from zoo.style.config import Recipe, check
from zoo.style.losses import descend, make_target
from zoo.style.regions import in_colors_of, regions_of

__all__ = ["DEFAULT_ITERATIONS", "DEFAULT_SIZE", "Recipe", "stylize_from_artwork"]

FEATURES = "features.slim"
DEFAULT_SIZE = 512
DEFAULT_ITERATIONS = 150
NOISE = 0.02  # standard deviation of what is added to the photo at the start
LEAST_VARIANCE = 3e-4  # of colours, so that a grey photo's specks of colour stay specks
GREY, CONTRAST = 0.5, 0.2  # mean and standard deviation of a start from noise
BLUR = 8  # pixels from one value of blurred noise to the next
PREVIEW_EVERY = 10
SMALLEST_SIDE, LARGEST_SIDE = 32, 1024
MOST_ITERATIONS = 1000
USUAL = Recipe()


def stylize_from_artwork(
    picture: Image.Image | None,
    artwork: Image.Image,
    *,
    size: int = DEFAULT_SIZE,
    iterations: int = DEFAULT_ITERATIONS,
    recipe: Recipe = USUAL,
    keep_colors: bool = False,
    mask: Image.Image | None = None,
    maps: tuple[Image.Image, Image.Image] | None = None,
    device: str = "cpu",
) -> Iterator[Progress[Image.Image]]:
    """Repaint a picture in the manner of an artwork, at the picture's own size, a step with its loss each iteration.

    ``size`` is the longest side in pixels at which it is painted. Every tenth step has a preview, at the size of that
    moment; `compositing.finished` makes a result of it. ``maps``, of the artwork and of the picture, say in flat
    colours what is painted like what; with them there need be no picture, and the second map alone is painted out.
    Raises BadInput for settings out of range.
    """
    _check(size, iterations)
    check(recipe)
    regions = regions_of(maps) if maps else None
    if picture is None:
        if maps is None or regions is None:
            raise BadInput("there is no picture; give one, or two maps")
        picture = in_colors_of(artwork, regions, maps[1].size)
        recipe = replace(recipe, content_weight=0.0, start="photo" if recipe.start == "one-pass" else recipe.start)
    picture, artwork = to_srgb(picture), to_srgb(artwork)
    network = load(FEATURES, device)
    photo, art = (to_tensor(image).to(device) for image in (picture, artwork))
    if regions:
        regions = regions[0].to(device), regions[1].to(device)
    painted, done = photo, 0
    for scale, until in zip(recipe.scales, schedule(recipe.scales, iterations), strict=True):
        content, style = (fit(image, max(SMALLEST_SIDE, round(size * scale))) for image in (photo, art))
        begun = _resized(painted, content).clamp(0, 1) if done else start_from(content, style, recipe)
        target = make_target(network, content, style, recipe, regions)
        for loss, painted in descend(network, target, begun, until - done):
            done += 1
            preview = to_picture(painted) if done % PREVIEW_EVERY == 0 else None
            yield Progress(done, iterations, preview=preview, note=f"loss {loss:.3f}", loss=loss)
    result = finished(to_picture(painted), picture, keep_colors=keep_colors, mask=mask)
    yield Progress(iterations, iterations, result=result)


def schedule(scales: tuple[float, ...], iterations: int) -> list[int]:
    """How many iterations are done at the end of each scale: the coarser, the more, because they cost less."""
    shares = [1 / scale for scale in scales]
    return [int(iterations * sum(shares[: number + 1]) / sum(shares) + 1e-6) for number in range(len(scales))]


def start_from(content: Tensor, style: Tensor, recipe: Recipe) -> Tensor:
    """The image tensor that a recipe starts from, of the content's shape.

    A photo is painted in one pass, or taken into the artwork's colours, as far as the style outweighs the content.
    """
    share = recipe.style_weight / (recipe.style_weight + recipe.content_weight)
    if recipe.start == "one-pass":
        painted = run_to_end(stylize_like(to_picture(content), to_picture(style), device=str(content.device)))
        return content.lerp(to_tensor(painted).to(content.device), share)
    generator = torch.Generator().manual_seed(recipe.seed)
    height, width = content.shape[2:]
    if recipe.start == "photo":
        noise = torch.randn(content.shape, generator=generator).to(content.device)
        return (content.lerp(in_colors_like(content, style), share) + NOISE * noise).clamp(0, 1)
    cell = BLUR if recipe.start == "blurred-noise" else 1
    noise = torch.randn((1, 3, -(-height // cell), -(-width // cell)), generator=generator).to(content.device)
    return (GREY + CONTRAST * _resized(noise, content)).clamp(0, 1)


def in_colors_like(image: Tensor, style: Tensor) -> Tensor:
    """The image tensor with the mean and the covariance of another's colours, each colour moved as little as can be.

    The Monge-Kantorovich map between two normal distributions (Pitie and Kokaram 2007).
    """
    (mean, covariance), (wanted, wanted_covariance) = (texture(part.double().cpu()) for part in (image, style))
    uneven = covariance[0] + LEAST_VARIANCE * torch.eye(3, dtype=torch.double)
    root, back = _power(uneven, 0.5), _power(uneven, -0.5)
    map_ = (back @ _power(root @ wanted_covariance[0] @ root, 0.5) @ back).to(image)
    moved = torch.einsum("ij,njhw->nihw", map_, image - mean.to(image)[..., None, None])
    return moved + wanted.to(image)[..., None, None]


def _power(symmetric: Tensor, exponent: float) -> Tensor:
    """A power of a symmetric matrix without negative eigenvalues."""
    values, vectors = torch.linalg.eigh(symmetric)
    return vectors * values.clamp_min(1e-12) ** exponent @ vectors.mT


def fit(image: Tensor, longest: int) -> Tensor:
    """The image tensor shrunk to a longest side, and enlarged where a side would be too short for the network."""
    height, width = image.shape[2:]
    scale = min(longest / max(height, width), 1)
    shape = [max(SMALLEST_SIDE, round(side * scale)) for side in (height, width)]
    return F.interpolate(image, shape, mode="bicubic", antialias=True).clamp(0, 1)


def _resized(image: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(image, like.shape[2:], mode="bicubic")


def _check(size: int, iterations: int) -> None:
    if not SMALLEST_SIDE <= size <= LARGEST_SIDE:
        raise BadInput(f"size is {size}; give pixels from {SMALLEST_SIDE} to {LARGEST_SIDE}")
    if not 1 <= iterations <= MOST_ITERATIONS:
        raise BadInput(f"{iterations} iterations asked for; give 1 to {MOST_ITERATIONS}")
