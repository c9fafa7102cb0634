"""What makes a super-resolution network look right without a discriminator: features by direction, and spread."""

import torch
import torch.nn.functional as F
from torch import Tensor

from zoo.evaluation.perceptual import VGG_LAYERS
from zoo.nets.vgg19 import VGG19
from zoo.train.sharp_loss import paired_features, pattern, saturation_weights

SQUARED_WEIGHT = 8.0  # of the pixels' squared errors: more is truer, less is sharper
PATTERN_WEIGHT = 40.0
SPREAD_WEIGHT = 2.0
WINDOW, STRIDE = 8, 4  # pixels: of the spread
EPSILON = 1e-5


class PerceptualLoss:
    """The squared distance of VGG-19's features, each of length one (Zhang et al. 2018, LPIPS, all weights being one).

    Beside it stand the pixels' errors, absolute and squared, what of them repeats itself with the scale's period, and
    how far the spread of light in small windows is from the truth's, for what blurs is punished too little by the rest.
    """

    def __init__(self, vgg: VGG19) -> None:
        self.vgg = vgg

    def __call__(self, result: Tensor, truth: Tensor, generator: torch.Generator) -> Tensor:
        """Give one number for image tensors (N, 3, H, W)."""
        error = result - truth
        pixels = (saturation_weights(truth) * error.abs()).mean() + SQUARED_WEIGHT * error.square().mean()
        flat = (spread(result) - spread(truth)).abs().mean()
        return self.distance(result, truth, generator) + pixels + PATTERN_WEIGHT * pattern(error) + SPREAD_WEIGHT * flat

    def distance(self, result: Tensor, truth: Tensor, generator: torch.Generator) -> Tensor:
        """Average the layers' squared distances, seen from a random place."""
        features = paired_features(self.vgg, result, truth, VGG_LAYERS, generator)
        distances = [(F.normalize(ours) - F.normalize(theirs)).square().sum(1).mean() for ours, theirs in features]
        return torch.stack(distances).mean()


def spread(images: Tensor) -> Tensor:
    """Give the standard deviation of grey values in overlapping windows of images (N, 3, H, W)."""
    grey = images.mean(1, keepdim=True)
    mean = F.avg_pool2d(grey, WINDOW, STRIDE)
    variance = F.avg_pool2d(grey.square(), WINDOW, STRIDE) - mean.square()
    return (variance.clamp_min(0) + EPSILON).sqrt()
