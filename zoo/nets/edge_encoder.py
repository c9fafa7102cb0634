"""A picture encoder into word space: MobileNetEdgeTPU with a map to word vectors.

The body is MobileNetEdgeTPU 1.0 (Gupta and Akin 2020, https://arxiv.org/abs/2003.02838) with its batch normalisation
folded into the convolutions. The map replaces the classifier as in DeViSE (Frome et al. 2013), but it is not linear:
a softmax over concepts, each of which is a point in word space, as in ConSE (Norouzi et al. 2014), here trained with
the rest; a linear map into a few hundred dimensions cannot hold a thousand classes apart. Strided convolutions pad as
TensorFlow's SAME does, not symmetrically, because the starting weights were trained that way.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

INPUT_SIDE = 224
FEATURES = 1280
# kind, width, expansion, kernel, stride; "fused" expands with a full convolution, "split" with 1x1 and depthwise ones.
BLOCKS = (
    ("fused", 32, 8, 3, 2), *[("fused", 32, 4, 3, 1)] * 3,
    ("fused", 48, 8, 3, 2), *[("fused", 48, 4, 3, 1)] * 3,
    ("split", 96, 8, 3, 2), *[("split", 96, 4, 3, 1)] * 3,
    ("split", 96, 8, 3, 1), *[("split", 96, 4, 3, 1)] * 3,
    ("split", 160, 8, 5, 2), *[("split", 160, 4, 5, 1)] * 3,
    ("split", 192, 8, 3, 1),
)  # fmt: skip


class SameConv(nn.Conv2d):
    """A convolution that pads as TensorFlow's SAME: to ceil(size / stride), the odd pixel below and to the right."""

    def __init__(self, channels: tuple[int, int], kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(*channels, kernel, stride, padding=kernel // 2 if stride == 1 else 0, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        step, kernel = self.stride[0], self.kernel_size[0]
        if step > 1:
            down, right = (max((-(-side // step) - 1) * step + kernel - side, 0) for side in x.shape[2:])
            x = F.pad(x, (right // 2, right - right // 2, down // 2, down - down // 2))
        return super().forward(x)


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

    def forward(self, x: Tensor) -> Tensor:
        h = x
        for layer in self.expand:
            h = torch.relu(layer(h))
        h = self.project(h)
        return x + h if self.shortcut else h


class EdgeFeatures(nn.Module):
    """Pictures (N, 3, H, W) in 0..1, best near 224 px, to 1280 pooled activations (N, 1280)."""

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
        self.last = SameConv((widths[-1], FEATURES), 1)

    def forward(self, x: Tensor) -> Tensor:
        h = self.stem_project(torch.relu(self.stem(2 * x - 1)))
        return torch.relu(self.last(self.blocks(h))).mean((2, 3))


class EdgeEncoder(nn.Module):
    """Pictures (N, 3, H, W) in 0..1, best near 224 px, to unit vectors (N, dimension) in word space."""

    def __init__(self, dimension: int, concepts: int = 1000) -> None:
        super().__init__()
        self.body = EdgeFeatures()
        self.concepts = nn.Linear(FEATURES, concepts)
        self.words = nn.Linear(concepts, dimension, bias=False)  # one point in word space a concept

    def forward(self, x: Tensor) -> Tensor:
        share = self.concepts(self.body(x)).softmax(1)  # (N, concepts): how much the picture shows of each
        return F.normalize(self.words(share))
