"""What makes a super-resolution network sharp: pixels, VGG-19's features, no grid, no artefacts that come and go."""

from collections.abc import Collection, Iterator, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from zoo.nets.residual_upscaler import SCALE
from zoo.nets.vgg19 import VGG19

LAYERS: Mapping[str, float] = {"conv2_2": 0.1, "conv3_4": 1.0, "conv4_4": 1.0, "conv5_4": 1.0}
SHIFT = 8  # pixels: the features' own grid, of which no trace is to be learnt
SATURATION_WEIGHT = 3.0
PATTERN_WEIGHT = 60.0
PATTERN_WINDOW = 8  # input pixels
ARTEFACT_WINDOW = 7  # pixels


class SharpLoss:
    """Pixels and features before activation (Wang et al. 2018, ESRGAN), with three precautions.

    Pixels of saturated colour count up to four times, against beads on coloured edges. What of the error repeats itself
    with the scale's period is an error of its own, for a network can feign texture by it. And where the network's
    result is an artefact by the measure of `artefact_map`, pixels count more (LDL, Liang et al. 2022).
    """

    def __init__(self, vgg: VGG19) -> None:
        self.vgg = vgg

    def __call__(
        self, result: Tensor, truth: Tensor, generator: torch.Generator, averaged: Tensor | None = None
    ) -> Tensor:
        """Give one number for image tensors (N, 3, H, W); with the averaged network's result, artefacts count too."""
        error = result - truth
        pixels = (saturation_weights(truth) * error.abs()).mean()
        loss = pixels + PATTERN_WEIGHT * pattern(error) + self.feature_error(result, truth, generator)
        if averaged is None:
            return loss
        return loss + (artefact_map(result.detach(), truth, averaged) * error.abs()).mean()

    def feature_error(self, result: Tensor, truth: Tensor, generator: torch.Generator) -> Tensor:
        """Sum the layers' mean absolute errors, each over the truth's mean, seen from a random place."""
        features = paired_features(self.vgg, result, truth, LAYERS, generator)
        errors = [
            weight * F.l1_loss(ours, theirs) / theirs.abs().mean()
            for (ours, theirs), weight in zip(features, LAYERS.values(), strict=True)
        ]
        return torch.stack(errors).sum()


def paired_features(
    vgg: VGG19, result: Tensor, truth: Tensor, layers: Collection[str], generator: torch.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    """Give each layer's features of the result and of the truth, float32, both seen from a random place."""
    down, right = torch.randint(SHIFT, (2,), generator=generator).tolist()
    ours = vgg(result[..., down:, right:], layers)
    with torch.no_grad():
        theirs = vgg(truth[..., down:, right:], layers)
    return ((ours[name].float(), theirs[name].float()) for name in layers)


def saturation_weights(truth: Tensor) -> Tensor:
    """Weigh pixels (N, 1, H, W) by the saturation of image tensors: 1 where they are grey."""
    return 1 + SATURATION_WEIGHT * (truth.amax(1, keepdim=True) - truth.amin(1, keepdim=True))


def pattern(error: Tensor) -> Tensor:
    """Measure how much of an error (N, 3, H, W) repeats itself with the period of the scale, in squares of the input.

    In a square, the errors of all pixels at the same place in their 4x4 cell cancel unless they are a pattern, or the
    square's colour is wrong as a whole.
    """
    places = F.pixel_unshuffle(error, SCALE)  # (N, 48, H/4, W/4)
    return F.avg_pool2d(places, PATTERN_WINDOW).abs().mean()


@torch.no_grad()
def artefact_map(result: Tensor, truth: Tensor, averaged: Tensor) -> Tensor:
    """Map (N, 1, H, W) where the error varies locally and is larger than that of the averaged network's result.

    After "locally discriminative learning" (Liang et al. 2022, https://arxiv.org/abs/2203.09195): what is wrong in the
    same way as the average is texture that nobody can know, what is worse is an artefact.
    """
    ours, usual = ((truth - image).abs().sum(1, keepdim=True) for image in (result, averaged))
    padded = F.pad(ours, [ARTEFACT_WINDOW // 2] * 4, mode="reflect")
    mean = F.avg_pool2d(padded, ARTEFACT_WINDOW, 1)
    variance = (F.avg_pool2d(padded.square(), ARTEFACT_WINDOW, 1) - mean.square()).clamp_min(0)
    whole = ours.var(dim=(1, 2, 3), keepdim=True) ** 0.2
    return variance * whole * (ours >= usual)
