"""A slim VGG-like feature network, distilled from VGG-19, for perceptual losses on a CPU.

The layout is VGG's (Simonyan and Zisserman 2014) with fewer channels and at most two convolutions a block; it is
trained so that a linear (1x1) head on each of its activations gives VGG-19's activation of the same name
(collaborative distillation, Wang et al. 2020, https://arxiv.org/abs/2003.08436). The heads are thrown away.
"""

from collections.abc import Collection

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = (24, 48, 96, 192, 192)
DEPTHS = (2, 2, 2, 2, 1)
LAYERS = tuple(f"relu{block}_{layer}" for block, depth in enumerate(DEPTHS, 1) for layer in range(1, depth + 1))
POOLINGS = {"max": F.max_pool2d, "average": F.avg_pool2d}


class SlimFeatures(nn.Module):
    """Activations by VGG's names, ``relu1_1`` ... ``relu5_1``, of RGB images (N, 3, H, W) in 0..1, 16 px or more."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.ModuleDict()
        before = 3
        for block, (width, depth) in enumerate(zip(WIDTHS, DEPTHS, strict=True), 1):
            for layer in range(1, depth + 1):
                convolution = nn.Conv2d(before, width, 3, padding=1)
                nn.init.kaiming_normal_(convolution.weight, nonlinearity="relu")
                nn.init.zeros_(convolution.bias)
                self.convolutions[f"{block}_{layer}"] = convolution
                before = width

    def forward(self, images: Tensor, names: Collection[str], pooling: str = "max") -> dict[str, Tensor]:
        """The named activations, computed as far as the deepest one asked for; `pooling` is a key of POOLINGS.

        Training used "max"; Gatys et al. 2015 found that "average" paints a little more evenly.
        """
        h = (images * 4 - 2).contiguous(memory_format=torch.channels_last)  # faster on a CPU
        found: dict[str, Tensor] = {}
        for place, convolution in self.convolutions.items():
            if place.endswith("_1") and place != "1_1":
                h = POOLINGS[pooling](h, 2)
            h = torch.relu(convolution(h))
            if f"relu{place}" in names:
                found[f"relu{place}"] = h
                if len(found) == len(names):
                    return found
        raise KeyError(f"the slim network has no layers {sorted(set(names) - set(found))}")
