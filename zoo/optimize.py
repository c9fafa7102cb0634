"""Style transfer from any artwork, by optimising the pixels themselves.

After Gatys et al. 2015 (https://arxiv.org/abs/1508.06576). It differs from the paper in its feature network
(``features.slim``, distilled from VGG-19), in relative losses, in starting from the photo with a little noise, and in
going from a coarse scale to the full one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from zoo.errors import BadInput
from zoo.loading import load
from zoo.nets.perceptual import (
    CONTENT_LAYER,
    STYLE_LAYERS,
    Texture,
    relative_error,
    texture,
    texture_error,
    total_variation,
)
from zoo.pixels import to_picture, to_tensor
from zoo.steps import Step
from zoo.stylize import finished

FEATURES = "features.slim"
DEFAULT_SIZE = 384
DEFAULT_ITERATIONS = 100
DEFAULT_STYLE_WEIGHT = 3.0
SMOOTHNESS = 3.0  # weight of total variation
NOISE = 0.02  # standard deviation of what is added to the photo at the start
SCALES = (0.5, 1.0)  # of the size, each with the same share of the iterations
PREVIEW_EVERY = 10
SMALLEST_SIDE, LARGEST_SIDE = 32, 1024
MOST_ITERATIONS = 1000


@dataclass(frozen=True)
class Target:
    """What to come close to: content activations (1, C, H, W), the texture of each style layer, the style's weight."""

    content: Tensor
    textures: Mapping[str, Texture]
    style_weight: float


def stylize_from_artwork(
    picture: Image.Image,
    artwork: Image.Image,
    *,
    size: int = DEFAULT_SIZE,
    iterations: int = DEFAULT_ITERATIONS,
    style_weight: float = DEFAULT_STYLE_WEIGHT,
    keep_colors: bool = False,
    mask: Image.Image | None = None,
    seed: int = 0,
    device: str = "cpu",
) -> Iterator[Step]:
    """Repaint a picture in the manner of an artwork, at the picture's own size, a step for each iteration.

    ``size`` is the longest side in pixels at which it is painted. Every tenth step has a preview. Raises BadInput for a
    size, a weight or a number of iterations out of range.
    """
    _check(size, iterations, style_weight)
    network = load(FEATURES, device)
    photo, art = (to_tensor(image).to(device) for image in (picture, artwork))
    painted, done = None, 0
    for number, scale in enumerate(SCALES):
        content, style = (fit(image, max(SMALLEST_SIDE, round(size * scale))) for image in (photo, art))
        start = _with_noise(content, seed) if painted is None else _resized(painted, content)
        target = make_target(network, content, style, style_weight)
        rounds = iterations * (number + 1) // len(SCALES) - done
        for loss, painted in descend(network, target, start, rounds):
            done += 1
            preview = to_picture(painted) if done % PREVIEW_EVERY == 0 else None
            yield Step(done, iterations, preview=preview, note=f"loss {loss:.3f}")
    result = finished(to_picture(painted), picture, keep_colors=keep_colors, mask=mask)
    yield Step(iterations, iterations, result=result)


@torch.no_grad()
def make_target(network: nn.Module, content: Tensor, style: Tensor, style_weight: float) -> Target:
    """The activations of a photo and the textures of an artwork."""
    textures = {name: texture(f) for name, f in network(style, STYLE_LAYERS).items()}
    return Target(network(content, [CONTENT_LAYER])[CONTENT_LAYER], textures, style_weight)


def loss_of(network: nn.Module, target: Target, painted: Tensor) -> Tensor:
    """Content, style and smoothness losses of one image tensor, weighted into one number."""
    features = network(painted, STYLE_LAYERS)
    style = sum(texture_error(texture(features[name]), wanted) for name, wanted in target.textures.items()).mean()
    content = relative_error(features[CONTENT_LAYER], target.content).mean()
    return content + target.style_weight * style + SMOOTHNESS * total_variation(painted).mean()


def descend(network: nn.Module, target: Target, start: Tensor, rounds: int) -> Iterator[tuple[float, Tensor]]:
    """L-BFGS from a start, yielding the loss before and the image tensor after every iteration."""
    with torch.inference_mode(False):
        painted = start.clone().requires_grad_()
        optimizer = torch.optim.LBFGS([painted], max_iter=1, history_size=10)

        def closure() -> Tensor:
            optimizer.zero_grad()
            loss = loss_of(network, target, painted)
            loss.backward()
            return loss

        for _ in range(rounds):
            loss = optimizer.step(closure).item()
            with torch.no_grad():
                painted.clamp_(0, 1)
            yield loss, painted.detach().clone()


def fit(image: Tensor, longest: int) -> Tensor:
    """The image tensor shrunk to a longest side, and enlarged where a side would be too short for the network."""
    height, width = image.shape[2:]
    scale = min(longest / max(height, width), 1)
    shape = [max(SMALLEST_SIDE, round(side * scale)) for side in (height, width)]
    return F.interpolate(image, shape, mode="bicubic", antialias=True).clamp(0, 1)


def _resized(image: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(image, like.shape[2:], mode="bicubic").clamp(0, 1)


def _with_noise(image: Tensor, seed: int) -> Tensor:
    noise = torch.randn(image.shape, generator=torch.Generator().manual_seed(seed))
    return (image + NOISE * noise.to(image.device)).clamp(0, 1)


def _check(size: int, iterations: int, style_weight: float) -> None:
    if not SMALLEST_SIDE <= size <= LARGEST_SIDE:
        raise BadInput(f"size is {size}; give pixels from {SMALLEST_SIDE} to {LARGEST_SIDE}")
    if not 1 <= iterations <= MOST_ITERATIONS:
        raise BadInput(f"{iterations} iterations asked for; give 1 to {MOST_ITERATIONS}")
    if not 0 < style_weight < float("inf"):
        raise BadInput(f"the style's weight is {style_weight}; give a number above 0")
