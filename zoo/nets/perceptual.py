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
GRAM_LAYERS = ("relu1_2", "relu2_2", "relu3_3", "relu4_3")  # Johnson's
CONTENT_LAYER = "relu3_1"
USUAL_SHARE = 0.05


class Texture(NamedTuple):
    """What is left of activations when places are forgotten: mean (N, C) and covariance (N, C, C) of the channels."""

    mean: Tensor
    covariance: Tensor


def texture(features: Tensor) -> Texture:
    """Compute the texture of activations (N, C, H, W), in float32 or better.

    The mean is taken off before the product, which bfloat16 then holds.
    """
    flat = features.flatten(2)  # (N, C, HW)
    mean = flat.mean(2, dtype=torch.promote_types(flat.dtype, torch.float32))
    centred = flat - mean[..., None].to(flat.dtype)
    return Texture(mean, (centred @ centred.mT).to(mean.dtype) / flat.shape[2])


def region_textures(features: Tensor, regions: Tensor) -> Texture:
    """Compute the textures of regions (R, H, W), soft masks, of the activations (1, C, H, W) of one image: R rows.

    After the guided Gram matrices of Gatys et al. 2017 (https://arxiv.org/abs/1611.07865).
    """
    flat = features[0].float().flatten(1)  # (C, HW)
    shares = (regions / regions.sum((1, 2), keepdim=True)).flatten(1)  # (R, HW)
    mean = shares @ flat.mT  # (R, C)
    second = torch.stack([flat * share @ flat.mT for share in shares])  # (R, C, C)
    return Texture(mean, second - outer(mean))


def texture_error(value: Texture, target: Texture, usual: Texture | None = None) -> Tensor:
    """Relative error of the means plus that of the covariances, one number an item (N,)."""
    mean, covariance = (None, None) if usual is None else usual
    return relative_error(value.mean, target.mean, mean) + relative_error(
        value.covariance, target.covariance, covariance
    )


def style_error(value: Texture, target: Texture, usual: Texture | None = None) -> Tensor:
    """Relative error of the Gram matrices plus a third of `texture_error`, one number an item (N,).

    Gram matrices alone forget the rarer colours, means and covariances alone have weak strokes.
    """
    gram = relative_error(gram_matrix(value), gram_matrix(target), None if usual is None else gram_matrix(usual))
    return gram + texture_error(value, target, usual) / 3


def gram_matrix(value: Texture) -> Tensor:
    """Compute the Gram matrix of a texture, averaged over places: (N, C, C)."""
    return value.covariance + outer(value.mean)


def relative_error(value: Tensor, target: Tensor, usual: Tensor | None = None) -> Tensor:
    """Squared distance over the target's square, one number an item: (N, ...) to (N,).

    A part of the mean square of what is `usual`, (M, ...), is added to the divisor, so that a target near zero, such as
    the texture of a flat artwork, does not outweigh all others.
    """
    square = target.square().flatten(1).sum(1)
    if usual is not None:
        square = square + USUAL_SHARE * usual.square().flatten(1).sum(1).mean()
    return (value - target).square().flatten(1).sum(1) / square.clamp_min(1e-8)


def color_variation(images: Tensor, rounding: float = 0.02) -> Tensor:
    """Mean length of the gradient over all channels at once, one number an item: (N, C, H, W) to (N,).

    After Blomgren and Chan 1998: an edge in one channel costs less where another channel has it too, so that coloured
    noise goes first. `rounding` makes it smooth at 0, as L-BFGS needs it.
    """
    down, right = images.diff(dim=2)[..., :-1], images.diff(dim=3)[..., :-1, :]
    squares = (down.square() + right.square()).sum(1)
    return ((squares + rounding**2).sqrt() - rounding).mean((1, 2))


def outer(mean: Tensor) -> Tensor:
    return mean[:, :, None] * mean[:, None]


def total_variation(images: Tensor) -> Tensor:
    """Mean absolute difference between neighbours, one number an item: (N, C, H, W) to (N,)."""
    down, right = images.diff(dim=2).abs(), images.diff(dim=3).abs()
    return down.mean((1, 2, 3)) + right.mean((1, 2, 3))
