"""Perceptual losses on the activations of a feature network (Gatys et al. 2015, Johnson et al. 2016).

Both are relative: a squared distance over the target's own square, so that layers and paintings weigh alike whatever
their scale. That differs from the papers, which weigh absolute distances.
"""

from torch import Tensor

STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
CONTENT_LAYER = "relu3_1"


def gram_matrix(features: Tensor) -> Tensor:
    """Channel correlations over all places: (N, C, H, W) to (N, C, C), divided by H W."""
    flat = features.flatten(2)  # (N, C, HW)
    return flat @ flat.mT / flat.shape[2]


def relative_error(value: Tensor, target: Tensor) -> Tensor:
    """Squared distance over the target's square, one number an item: (N, ...) to (N,)."""
    return (value - target).square().flatten(1).sum(1) / target.square().flatten(1).sum(1).clamp_min(1e-8)


def total_variation(images: Tensor) -> Tensor:
    """Mean absolute difference between neighbours, one number an item: (N, C, H, W) to (N,)."""
    down, right = images.diff(dim=2).abs(), images.diff(dim=3).abs()
    return down.mean((1, 2, 3)) + right.mean((1, 2, 3))
