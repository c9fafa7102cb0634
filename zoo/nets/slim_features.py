"""A slim VGG-like feature network, distilled from VGG-19, for perceptual losses on a CPU.

The layout is VGG's (Simonyan and Zisserman 2014) with fewer channels and convolutions; it is trained so that a linear
(1x1) head on each of its activations gives VGG-19's activation of the same name (collaborative distillation, Wang et
al. 2020, https://arxiv.org/abs/2003.08436), on photos, paintings and what an optimiser that goes by the network itself
paints. What is left of a head H = U S V' (singular value decomposition) is its readout S V': distances of Gram
matrices are the same with it as with the head, at a fraction of the channels.
"""

from collections.abc import Collection

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = (32, 64, 128, 256, 256)
DEPTHS = (2, 2, 3, 3, 1)
LAYERS = tuple(f"relu{block}_1" for block in range(1, 6))
POOLINGS = {"max": F.max_pool2d, "average": F.avg_pool2d}


class SlimFeatures(nn.Module):
    """Stand-ins for VGG's activations ``relu1_1`` ... ``relu5_1`` of RGB images (N, 3, H, W) in 0..1, 16 px or more.

    They have WIDTHS channels and stand for VGG's turned about: means, covariances and distances are those of VGG's
    activations but for what the network does not know.
    """

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
        self.readouts = nn.ModuleDict(
            {name: nn.Conv2d(width, width, 1) for name, width in zip(LAYERS, WIDTHS, strict=True)}
        )

    def forward(self, images: Tensor, names: Collection[str], pooling: str = "max") -> dict[str, Tensor]:
        """The named activations, computed as far as the deepest one asked for; `pooling` is a key of POOLINGS.

        Training used "max"; Gatys et al. 2015 found that "average" paints a little more evenly.
        """
        return {name: self.readouts[name](h) for name, h in self.activations(images, names, pooling).items()}

    def activations(self, images: Tensor, names: Collection[str], pooling: str = "max") -> dict[str, Tensor]:
        """What the readouts read: the network's own activations after their ReLU."""
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

    @torch.no_grad()
    def read_out(self, heads: nn.ModuleDict) -> None:
        """Take the readouts from 1x1 heads (C to VGG's channels): S V' of each, and what of its bias lies in U."""
        for name in LAYERS:
            head, readout = heads[name], self.readouts[name]
            left, values, right = torch.linalg.svd(head.weight[:, :, 0, 0].double(), full_matrices=False)
            readout.weight.copy_((values[:, None] * right)[:, :, None, None])
            readout.bias.copy_(left.mT @ head.bias.double())
