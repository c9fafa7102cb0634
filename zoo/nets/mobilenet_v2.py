"""MobileNetV2 (Sandler et al. 2018, https://arxiv.org/abs/1801.04381), without its classifier.

Batch normalisation is folded into the convolutions, and strided ones pad as TensorFlow's SAME does, because the
weights to start from were trained that way.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from zoo.nets.layers import Backbone, SameConv

BLOCKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
# expansion, width, repeats, stride of the first


class InvertedResidual(nn.Module):
    """Expand, filter each channel, project; a shortcut where the shape stays."""

    def __init__(self, channels: tuple[int, int], expansion: int, stride: int) -> None:
        super().__init__()
        wide = channels[0] * expansion
        layers = [SameConv((channels[0], wide), 1)] if expansion > 1 else []
        self.expand = nn.ModuleList([*layers, SameConv((wide, wide), 3, stride, groups=wide)])
        self.project = SameConv((wide, channels[1]), 1)
        self.shortcut = stride == 1 and channels[0] == channels[1]

    def forward(self, x: Tensor) -> Tensor:
        h = x
        for layer in self.expand:
            h = F.relu6(layer(h), inplace=True)
        h = self.project(h)
        return h.add_(x) if self.shortcut else h


class MobileNetV2Features(Backbone):
    """Pictures (N, 3, H, W) in 0..1, best near 224 px, to pooled activations (N, 1280)."""

    width = 1280

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv((3, 32), 3, 2)
        blocks, before = [], 32
        for expansion, width, repeats, stride in BLOCKS:
            for number in range(repeats):
                blocks.append(InvertedResidual((before, width), expansion, 1 if number else stride))
                before = width
        self.blocks = nn.Sequential(*blocks)
        self.last = SameConv((before, self.width), 1)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu6(self.stem(2 * x - 1), inplace=True)
        return F.relu6(self.last(self.blocks(h)), inplace=True).mean((2, 3))
