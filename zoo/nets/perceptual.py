"""Perceptual losses on the activations of a feature network (Gatys et al. 2015, Johnson et al. 2016).

They differ from the papers in two ways. All are relative, a squared distance over the target's own square, so that
layers and paintings weigh alike whatever their scale. And a Gram matrix is taken apart into the channels' means and
their covariances: activations are never negative, so that means make up nearly all of a Gram matrix, and a relative
error of it was seen to be small long before any stroke was right.
"""

from typing import NamedTuple

import torch
from torch import Tensor

STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
CONTENT_LAYER = "relu3_1"


class Texture(NamedTuple):
    """What is left of activations when places are forgotten: mean (N, C) and covariance (N, C, C) of the channels."""

    mean: Tensor
    covariance: Tensor


def texture(features: Tensor) -> Texture:
    """The texture of activations (N, C, H, W)."""
    flat = features.flatten(2)  # (N, C, HW)
    mean = flat.mean(2)
    return Texture(mean, flat @ flat.mT / flat.shape[2] - _outer(mean))


def region_textures(features: Tensor, regions: Tensor) -> Texture:
    """The textures of regions (R, H, W), soft masks, of the activations (1, C, H, W) of one image: R rows.

    After the guided Gram matrices of Gatys et al. 2017 (https://arxiv.org/abs/1611.07865).
    """
    flat = features[0].flatten(1)  # (C, HW)
    shares = (regions / regions.sum((1, 2), keepdim=True)).flatten(1)  # (R, HW)
    mean = shares @ flat.mT  # (R, C)
    second = torch.stack([flat * share @ flat.mT for share in shares])  # (R, C, C)
    return Texture(mean, second - _outer(mean))


def texture_error(value: Texture, target: Texture) -> Tensor:
    """Relative error of the means plus that of the covariances, one number an item (N,)."""
    return relative_error(value.mean, target.mean) + relative_error(value.covariance, target.covariance)


def relative_error(value: Tensor, target: Tensor) -> Tensor:
    """Squared distance over the target's square, one number an item: (N, ...) to (N,)."""
    return (value - target).square().flatten(1).sum(1) / target.square().flatten(1).sum(1).clamp_min(1e-8)


def color_variation(images: Tensor, rounding: float = 0.02) -> Tensor:
    """Mean length of the gradient over all channels at once, one number an item: (N, C, H, W) to (N,).

    After Blomgren and Chan 1998: an edge in one channel costs less where another channel has it too, so that coloured
    noise goes first. `rounding` makes it smooth at 0, as L-BFGS needs it.
    """
    down, right = images.diff(dim=2)[..., :-1], images.diff(dim=3)[..., :-1, :]
    squares = (down.square() + right.square()).sum(1)
    return ((squares + rounding**2).sqrt() - rounding).mean((1, 2))


def _outer(mean: Tensor) -> Tensor:
    return mean[:, :, None] * mean[:, None]


def total_variation(images: Tensor) -> Tensor:
    """Mean absolute difference between neighbours, one number an item: (N, C, H, W) to (N,)."""
    down, right = images.diff(dim=2).abs(), images.diff(dim=3).abs()
    return down.mean((1, 2, 3)) + right.mean((1, 2, 3))
