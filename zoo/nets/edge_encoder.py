"""MobileNetEdgeTPU 1.0 (Gupta and Akin 2020, https://arxiv.org/abs/2003.02838), without its classifier.

Batch normalisation is folded into the convolutions. Strided ones pad as TensorFlow's SAME does, not symmetrically,
because the weights to start from were trained that way. Rectifying and adding in place saves a third of the time.
"""

import torch
from torch import Tensor, nn

from zoo.nets.layers import Backbone, SameConv

INPUT_SIDE = 224
# kind, width, expansion, kernel, stride; "fused" expands with a full convolution, "split" with 1x1 and depthwise ones.
BLOCKS = (
    ("fused", 32, 8, 3, 2), *[("fused", 32, 4, 3, 1)] * 3,
    ("fused", 48, 8, 3, 2), *[("fused", 48, 4, 3, 1)] * 3,
    ("split", 96, 8, 3, 2), *[("split", 96, 4, 3, 1)] * 3,
    ("split", 96, 8, 3, 1), *[("split", 96, 4, 3, 1)] * 3,
    ("split", 160, 8, 5, 2), *[("split", 160, 4, 5, 1)] * 3,
    ("split", 192, 8, 3, 1),
)  # fmt: skip


class Bottleneck(nn.Module):
    """Expand, filter, project; a shortcut where shape allows and the width did not just change role."""

    def __init__(self, kind: str, channels: tuple[int, int], expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        wide = channels[0] * expansion
        if kind == "fused":
            layers = [SameConv((channels[0], wide), kernel, stride)]
        else:
            layers = [SameConv((channels[0], wide), 1), SameConv((wide, wide), kernel, stride, groups=wide)]
        self.expand = nn.ModuleList(layers)
        self.project = SameConv((wide, channels[1]), 1)
        self.shortcut = expansion == 4

    def expansions(self) -> list[SameConv]:
        """Give the convolutions before the last in their order."""
        return [layer for layer in self.expand if isinstance(layer, SameConv)]

    def forward(self, x: Tensor) -> Tensor:
        h = x
        for layer in self.expand:
            h = torch.relu_(layer(h))
        h = self.project(h)
        return h.add_(x) if self.shortcut else h


class EdgeFeatures(Backbone):
    """Pictures (N, 3, H, W) in 0..1, best near 224 px, to pooled activations (N, 1280)."""

    width = 1280

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv((3, 32), 3, 2)
        self.stem_project = SameConv((32, 16), 1)
        widths = [16] + [block[1] for block in BLOCKS]
        self.blocks = nn.Sequential(
            *[
                Bottleneck(kind, (before, width), expansion, kernel, stride)
                for before, (kind, width, expansion, kernel, stride) in zip(widths, BLOCKS, strict=False)
            ]
        )
        self.last = SameConv((widths[-1], self.width), 1)

    def bottlenecks(self) -> list[Bottleneck]:
        """Give the blocks in their order."""
        return [block for block in self.blocks if isinstance(block, Bottleneck)]

    def forward(self, x: Tensor) -> Tensor:
        h = self.stem_project(torch.relu_(self.stem(2 * x - 1)))
        return torch.relu_(self.last(self.blocks(h))).mean((2, 3))
