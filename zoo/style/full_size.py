"""Going on at a picture's full size, tile by tile, from what was optimised at a smaller one.

A tile's textures mean nothing by themselves: the sky is not to have all of a painting's colours. So each step goes
twice over the tiles. The first time adds up the textures of the whole picture, the second time the gradient of the
whole picture's loss, to which each tile gives what its own activations change of those sums. The gradient is that of
the whole picture but for rounding, so that no seam can come, in the memory of a tile and of some copies of the picture.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zoo.images.tiles import Tile, crop_to_core, expand, tile_grid
from zoo.nets.perceptual import (
    CONTENT_LAYER,
    Texture,
    color_variation,
    gram_matrix,
    outer,
    style_error,
    texture,
)
from zoo.precision import autocast
from zoo.style.config import Recipe
from zoo.style.scales import SMALLEST_SIDE, fit, resized

ALIGN = 16  # pixels: the deepest activations halve four times
TILE, MARGIN = 512, 48  # pixels; beyond the margin no activation up to relu4_1 sees
MOST_PIXELS = 16_000_000  # what is larger is enlarged from there
STEPS = 6  # at each size
RATE = 0.03  # of Adam, of the range 0..1; falls to nothing over the steps of a size
BETAS = 0.9, 0.99

Sums = Mapping[str, Texture]  # by layer: the mean, and the mean square instead of the covariance


@dataclass(frozen=True)
class Window:
    """A tile with its margin."""

    core: Tile
    seen: Tile


class WholePicture:
    """The loss of a picture (1, 3, H, W), sides multiples of ALIGN, beside a photo of its size and an artwork."""

    def __init__(self, network: nn.Module, photo: Tensor, artwork: Tensor, recipe: Recipe, tile: int = TILE) -> None:
        self.network, self.photo, self.recipe = network, photo, recipe
        height, width = photo.shape[2:]
        self.windows = [Window(core, expand(core, MARGIN, height, width)) for core in _cores(height, width, tile)]
        self.layers = [name for name, weight in recipe.layer_weights.items() if weight > 0]
        with torch.no_grad(), autocast(photo.device):
            self.wanted = {name: texture(f) for name, f in network(artwork, self.layers, recipe.pooling).items()}

    def gradient(self, painted: Tensor, into: Tensor) -> Iterator[None]:
        """Add the loss's gradient to `into`, yielding after each pass of a tile."""
        sums: dict[str, Texture] = {}
        energy = torch.zeros((), device=painted.device)  # of the photo's activations
        for window in self.windows:
            with torch.no_grad():
                share = self._share(window)
                for name, part in self._look(window.seen.cut(painted), window)[0].items():
                    sums[name] = _added(sums.get(name), _moments(part), share)
                energy += share * self._content(window).square().mean()
            yield
        for window in self.windows:
            with torch.inference_mode(False), torch.enable_grad():
                piece = window.seen.cut(painted).clone().requires_grad_()
                (found,) = torch.autograd.grad(self._loss(piece, window, sums, energy), piece)
                window.seen.cut(into).add_(found)
            yield

    def _loss(self, piece: Tensor, window: Window, sums: Sums, energy: Tensor) -> Tensor:
        recipe, share = self.recipe, self._share(window)
        found, content = self._look(piece, window)
        off = (content - self._content(window)).square().mean() / energy.clamp_min(1e-8)
        loss = recipe.content_weight * share * off
        if recipe.smoothness > 0:
            core = crop_to_core(piece, window.seen, window.core)
            loss = loss + recipe.smoothness * share * color_variation(core).sum()
        for name, part in found.items():
            pairs = zip(sums[name], _moments(part), strict=True)
            mean, square = (whole + share * (own - own.detach()) for whole, own in pairs)
            value = Texture(mean, square - outer(mean))
            loss = loss + recipe.style_weight * recipe.layer_weights[name] * style_error(value, self.wanted[name]).sum()
        return loss

    def _look(self, piece: Tensor, window: Window) -> tuple[dict[str, Texture], Tensor]:
        """Compute the textures of a window's core, and its content."""
        with autocast(piece.device):
            found = self.network(piece, {*self.layers, CONTENT_LAYER}, self.recipe.pooling)
            cores = {name: crop_to_core(features, window.seen, window.core) for name, features in found.items()}
            return {name: texture(cores[name]) for name in self.layers}, cores[CONTENT_LAYER].float()

    @torch.no_grad()
    def _content(self, window: Window) -> Tensor:
        with autocast(self.photo.device):
            found = self.network(window.seen.cut(self.photo), [CONTENT_LAYER], self.recipe.pooling)[CONTENT_LAYER]
        return crop_to_core(found, window.seen, window.core).float()

    def _share(self, window: Window) -> float:
        height, width = self.photo.shape[2:]
        return window.core.height * window.core.width / (height * width)


def _moments(part: Texture) -> Texture:
    return Texture(part.mean, gram_matrix(part))


def _added(sums: Texture | None, part: Texture, share: float) -> Texture:
    scaled = Texture(*(share * values for values in part))
    return scaled if sums is None else Texture(*(a + b for a, b in zip(sums, scaled, strict=True)))


def full_size_steps(photo: Tensor, size: int) -> int:
    """Count how many steps `paint_up_to_full_size` takes."""
    return sum(STEPS * 2 * len(_cores(*shape)) for shape in _shapes(photo, size))


def paint_up_to_full_size(
    network: nn.Module, painted: Tensor, photo: Tensor, artwork: Tensor, recipe: Recipe
) -> Iterator[Tensor]:
    """Paint on up to the photo's own size, doubling the sides each time, yielding what there is after each tile."""
    for shape in _shapes(photo, max(painted.shape[2:])):
        content = F.interpolate(photo, shape, mode="bicubic", antialias=True).clamp(0, 1)
        start = resized(painted, shape).clamp(0, 1)
        whole = WholePicture(network, _padded(content), fit(artwork, max(shape)), recipe)
        for image in refine(whole, _padded(start)):
            painted = image[..., : shape[0], : shape[1]]
            yield painted


def _shapes(photo: Tensor, size: int) -> list[tuple[int, int]]:
    """Heights and widths at which a photo is painted on; the last is its own, but of MOST_PIXELS at most."""
    height, width = photo.shape[2:]
    largest = max(height, width) * min(1.0, (MOST_PIXELS / (height * width)) ** 0.5)
    longest, found = float(size), []
    while longest < largest:
        longest = largest if 2 * longest > 0.8 * largest else 2 * longest
        scale = longest / max(height, width)
        found.append((max(SMALLEST_SIDE, round(height * scale)), max(SMALLEST_SIDE, round(width * scale))))
    return found


def refine(whole: WholePicture, image: Tensor) -> Iterator[Tensor]:
    """Optimise an image tensor by some steps of Adam, in place, yielding it after each tile."""
    mean, square = torch.zeros_like(image), torch.zeros_like(image)
    gradient = torch.zeros_like(image)
    for step in range(1, STEPS + 1):
        gradient.zero_()
        for _ in whole.gradient(image, gradient):
            yield image
        mean.lerp_(gradient, 1 - BETAS[0])
        square.mul_(BETAS[1]).addcmul_(gradient, gradient, value=1 - BETAS[1])
        rate = RATE * (1 - (step - 1) / STEPS) / (1 - BETAS[0] ** step)
        scale = (square / (1 - BETAS[1] ** step)).sqrt_().add_(1e-12)
        image.addcdiv_(mean, scale, value=-rate).clamp_(0, 1)


def _cores(height: int, width: int, tile: int = TILE) -> list[Tile]:
    return tile_grid(_aligned(height), _aligned(width), size=tile, align=ALIGN)


def _aligned(side: int) -> int:
    return -(-side // ALIGN) * ALIGN


def _padded(image: Tensor) -> Tensor:
    height, width = image.shape[2:]
    return F.pad(image, (0, _aligned(width) - width, 0, _aligned(height) - height), mode="replicate")
