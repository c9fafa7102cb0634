"""What makes a super-resolution network sharp: features are to be the truth's, not pixels alone."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zoo.nets.residual_upscaler import SCALE
from zoo.nets.slim_features import SlimFeatures

LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1")
SHIFT = 8  # pixels: the features' own grid, of which no trace is to be learnt
PATTERN_WEIGHT = 4.0
PATTERN_WINDOW = 8  # input pixels


class PerceptualLoss(nn.Module):
    """Pixels and features (Johnson et al. 2016), compared by direction as in LPIPS (Zhang et al. 2018).

    It differs from the papers in its features, which are not VGG's but a slim network's that was distilled from it, and
    in two precautions against periodic patterns, by which a network can otherwise feign texture: it looks from a random
    place each time, because of the features' pooling, and what repeats itself from input pixel to input pixel is an
    error of its own.
    """

    def __init__(self, features: SlimFeatures, weight: float) -> None:
        super().__init__()
        self.features, self.weight = features, weight

    def forward(self, result: Tensor, truth: Tensor, generator: torch.Generator) -> Tensor:
        """One number for image tensors (N, 3, H, W), sides above 16 + SHIFT."""
        error = result - truth
        down, right = (int(torch.randint(SHIFT, (), generator=generator)) for _ in range(2))
        ours = self.features(result[..., down:, right:], LAYERS)
        with torch.no_grad():
            theirs = self.features(truth[..., down:, right:], LAYERS)
        apart = sum(direction_error(ours[name], theirs[name]) for name in LAYERS)
        return error.abs().mean() + PATTERN_WEIGHT * pattern(error) + self.weight * apart


def direction_error(value: Tensor, target: Tensor) -> Tensor:
    """Mean squared distance between activations (N, C, H, W) that are scaled to unit length at each place."""
    return (F.normalize(value) - F.normalize(target)).square().sum(1).mean()


def pattern(error: Tensor) -> Tensor:
    """How much of an error (N, 3, H, W) repeats itself with the period of the scale, in squares of the input.

    In a square, the errors of all pixels at the same place in their 4x4 cell cancel unless they are a pattern.
    """
    places = F.pixel_unshuffle(error, SCALE)  # (N, 48, H/4, W/4)
    return F.avg_pool2d(places, PATTERN_WINDOW).abs().mean()
