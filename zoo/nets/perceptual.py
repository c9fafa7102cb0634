"""Perceptual losses on the activations of a feature network (Gatys et al. 2015, Johnson et al. 2016).

They differ from the papers in two ways. All are relative, a squared distance over the target's own square, so that
layers and paintings weigh alike whatever their scale. And a Gram matrix is taken apart into the channels' means and
their covariances: activations are never negative, so that means make up nearly all of a Gram matrix, and a relative
error of it was seen to be small long before any stroke was right.
"""

from typing import NamedTuple

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
    centred = flat - mean[:, :, None]
    return Texture(mean, centred @ centred.mT / flat.shape[2])


def texture_error(value: Texture, target: Texture) -> Tensor:
    """Relative error of the means plus that of the covariances, one number an item (N,)."""
    return relative_error(value.mean, target.mean) + relative_error(value.covariance, target.covariance)


def relative_error(value: Tensor, target: Tensor) -> Tensor:
    """Squared distance over the target's square, one number an item: (N, ...) to (N,)."""
    return (value - target).square().flatten(1).sum(1) / target.square().flatten(1).sum(1).clamp_min(1e-8)


def total_variation(images: Tensor) -> Tensor:
    """Mean absolute difference between neighbours, one number an item: (N, C, H, W) to (N,)."""
    down, right = images.diff(dim=2).abs(), images.diff(dim=3).abs()
    return down.mean((1, 2, 3)) + right.mean((1, 2, 3))
