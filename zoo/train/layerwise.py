"""Distillation layer by layer: each low-rank convolution by regression on VGG-19's answers to the same pictures.

After Zhang et al. 2016 (https://arxiv.org/abs/1505.06798), section 3.3: the inputs are those that the slim network has
so far, so that a layer makes up for the errors of those before it. It differs in that the answers alone are used and
no weight of VGG-19 is.
"""

from collections.abc import Mapping, Sequence
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zoo.nets.slim_features import SlimFeatures
from zoo.nets.vgg19 import VGG19

RIDGE = 1e-5
SAMPLES = 256  # places of a picture from which a layer learns


@torch.no_grad()
def fit_layer_by_layer(
    network: SlimFeatures,
    vgg: VGG19,
    levels: Mapping[str, float],
    batches: Sequence[Tensor],
    generator: torch.Generator,
) -> None:
    """Set all convolutions, so that each activation is VGG-19's over the layer's level."""
    ours, theirs = [network.prepared(images) for images in batches], [vgg.prepared(images) for images in batches]
    for place, convolution in network.convolutions.items():
        if place.endswith("_1") and place != "1_1":
            ours, theirs = ([F.max_pool2d(h, 2) for h in part] for part in (ours, theirs))
        answers = [vgg.convolve(h, place) for h in theirs]
        statistics = [_sampled(h, answer, generator) for h, answer in zip(ours, answers, strict=True)]
        known, wanted = (torch.cat(part).float() for part in zip(*statistics, strict=True))
        with torch.autocast(known.device.type, enabled=False):
            _fit(convolution, known, wanted / levels[f"relu{place}"])
        ours, theirs = [torch.relu(convolution(h)) for h in ours], [torch.relu(h) for h in answers]


def _sampled(inputs: Tensor, answers: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Patches (P, 9C) of 3x3 inputs with what is wanted in their middle (P, D), from random places of each picture."""
    count, _, height, width = inputs.shape
    padded = F.pad(inputs, (1, 1, 1, 1)).permute(0, 2, 3, 1)
    shape = (count * SAMPLES,)
    picture = torch.arange(count).repeat_interleave(SAMPLES)
    top, left = (torch.randint(side, shape, generator=generator) for side in (height, width))
    offset = torch.arange(3)
    rows, columns = top[:, None, None] + offset[:, None], left[:, None, None] + offset
    patches = padded[picture[:, None, None], rows, columns]  # (P, 3, 3, C)
    return patches.permute(0, 3, 1, 2).flatten(1), answers.permute(0, 2, 3, 1)[picture, top, left]


def _fit(convolution: nn.Module, known: Tensor, wanted: Tensor) -> None:
    """Reduced-rank regression of (P, 9C) to (P, D): the best map of the convolution's rank."""
    known_mean, wanted_mean = known.mean(0).double(), wanted.mean(0).double()
    known, wanted = known - known_mean.float(), wanted - wanted_mean.float()
    weight = _regression(known, wanted)  # (D, 9C)
    if isinstance(convolution, nn.Conv2d):
        last, through = convolution, weight @ known_mean
    else:
        first, last = cast("tuple[nn.Conv2d, nn.Conv2d]", tuple(convolution.children()))
        found = (known @ weight.float().mT).double()  # (P, D)
        values, vectors = torch.linalg.eigh(found.mT @ found / len(found))
        values, vectors = values[-first.out_channels :].clamp_min(1e-12).sqrt(), vectors[:, -first.out_channels :]
        narrow, weight = vectors.mT @ weight / values[:, None], vectors * values
        first.weight.copy_(narrow.view_as(first.weight))
        through = weight @ (narrow @ known_mean)
    last.weight.copy_(weight.view_as(last.weight))
    cast(Tensor, last.bias).copy_(wanted_mean - through)


def _regression(known: Tensor, wanted: Tensor) -> Tensor:
    """Ridge regression of centred (P, A) to (P, D): a map (D, A), by whichever of A and P is less."""
    is_wide = known.shape[1] > len(known)
    square = (known @ known.mT if is_wide else known.mT @ known).double()
    square.diagonal().add_(RIDGE * square.diagonal().mean().clamp_min(1e-12))
    if is_wide:
        return torch.linalg.solve(square, wanted.double()).mT @ known.double()
    return torch.linalg.solve(square, (known.mT @ wanted).double()).mT
