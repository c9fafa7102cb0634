"""Going down from a start image to one that has a photo's content and an artwork's texture."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zoo.nets.perceptual import (
    CONTENT_LAYER,
    Texture,
    color_variation,
    region_textures,
    relative_error,
    style_error,
    texture,
)
from zoo.precision import autocast
from zoo.style.config import Recipe
from zoo.style.lbfgs import BoundedLBFGS

Regions = tuple[Tensor, Tensor]  # of the artwork and of the picture, (R, H, W) each
ADAM_RATE = 0.03  # of the range 0..1


@dataclass(frozen=True)
class Target:
    """What to come close to: content activations (1, C, H, W), and by style layer one texture a region.

    `places` are the regions in the painted image, (R, H, W), or None where it is one region; `areas` (R,) are their
    parts of it.
    """

    recipe: Recipe
    content: Tensor
    textures: Mapping[str, Texture]
    places: Tensor | None
    areas: Tensor


@torch.no_grad()
def make_target(
    network: nn.Module, content: Tensor, style: Tensor, recipe: Recipe, regions: Regions | None = None
) -> Target:
    """Compute the activations of a photo and the textures of an artwork, both image tensors."""
    inside, places = regions or (None, None)
    layers = [name for name, weight in recipe.layer_weights.items() if weight > 0]
    with autocast(content.device):
        features = network(style, layers, recipe.pooling)
        textures = {name: _textures(features[name], inside) for name in layers}
        wanted = network(content, [CONTENT_LAYER], recipe.pooling)[CONTENT_LAYER].float()
    areas = torch.ones(1, device=content.device) if places is None else places.mean((1, 2))
    return Target(recipe, wanted, textures, places, areas)


def loss_of(network: nn.Module, target: Target, painted: Tensor) -> Tensor:
    """Content, style and smoothness losses of one image tensor, weighted into one number."""
    recipe = target.recipe
    loss = recipe.smoothness * color_variation(painted).sum()
    with autocast(painted.device):
        features = network(painted, {*target.textures, CONTENT_LAYER}, recipe.pooling)
        found = {name: _textures(features[name], target.places) for name in target.textures}
    if recipe.content_weight > 0:
        loss = loss + recipe.content_weight * relative_error(features[CONTENT_LAYER].float(), target.content).sum()
    for name, wanted in target.textures.items():
        errors = style_error(found[name], wanted)  # (R,)
        loss = loss + recipe.style_weight * recipe.layer_weights[name] * (target.areas * errors).sum()
    return loss


def descend(network: nn.Module, target: Target, start: Tensor, rounds: int) -> Iterator[tuple[float, Tensor]]:
    """Optimise from a start, yielding after every iteration the loss before it and the changing image."""
    with torch.inference_mode(False), torch.enable_grad():
        painted = start.clone().requires_grad_()
    if target.recipe.optimizer == "adam":
        optimizer = torch.optim.Adam([painted], lr=ADAM_RATE)
    else:
        optimizer = BoundedLBFGS(painted)

    def closure() -> Tensor:
        painted.grad = None
        loss = loss_of(network, target, painted)
        loss.backward()
        return loss

    for _ in range(rounds):
        with torch.inference_mode(False), torch.enable_grad():
            loss = optimizer.step(closure).item()
            painted.data.clamp_(0, 1)
        yield loss, painted.detach()


def _textures(features: Tensor, regions: Tensor | None) -> Texture:
    """Give one texture a region, of activations (1, C, H, W) and regions of any height and width."""
    if regions is None:
        return texture(features)
    with torch.autocast(features.device.type, enabled=False):
        return region_textures(features, F.adaptive_avg_pool2d(regions, (features.shape[2], features.shape[3])))
