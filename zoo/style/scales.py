"""Image tensors at the scales at which a picture is painted."""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor

SMALLEST_SIDE = 32  # of what the feature network sees


def fit(image: Tensor, longest: int) -> Tensor:
    """Shrink an image tensor to a longest side, or enlarge it where a side would be too short for the network."""
    height, width = image.shape[2:]
    scale = min(longest / max(height, width), 1)
    shape = [max(SMALLEST_SIDE, round(side * scale)) for side in (height, width)]
    return F.interpolate(image, shape, mode="bicubic", antialias=True).clamp(0, 1)


def resized(image: Tensor, shape: Sequence[int]) -> Tensor:
    """Resize an image tensor to (height, width); values may lie a little out of range."""
    return F.interpolate(image, tuple(shape), mode="bicubic")
