"""ResNet-50 (He et al. 2016, https://arxiv.org/abs/1512.03385), without its classifier.

As in torchvision the middle convolution of a block takes the stride (v1.5). Batch normalisation is folded into the
convolutions.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zoo.nets.layers import Backbone

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, RGB 0..1
STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))  # width, blocks, stride of the first
WIDENING = 4


class Bottleneck(nn.Module):
    """Narrow, filter, widen; the shortcut is a convolution where the shape changes."""

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        after = WIDENING * width
        self.narrow = nn.Conv2d(before, width, 1)
        self.filter = nn.Conv2d(width, width, 3, stride, padding=1)
        self.widen = nn.Conv2d(width, after, 1)
        self.shortcut = nn.Identity() if before == after else nn.Conv2d(before, after, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.narrow(x), inplace=True)
        h = F.relu(self.filter(h), inplace=True)
        return F.relu(self.widen(h).add_(self.shortcut(x)), inplace=True)


class ResNet50Features(Backbone):
    """Pictures (N, 3, H, W) in 0..1, best near 224 px, to pooled activations (N, 2048)."""

    width = 2048

    def __init__(self) -> None:
        super().__init__()
        self.mean: Tensor
        self.deviation: Tensor
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None], persistent=False)
        self.stem = nn.Conv2d(3, 64, 7, 2, padding=3)
        blocks, before = [], 64
        for width, count, stride in STAGES:
            for number in range(count):
                blocks.append(Bottleneck(before, width, 1 if number else stride))
                before = WIDENING * width
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x: Tensor) -> Tensor:
        h = F.relu(self.stem((x - self.mean) / self.deviation), inplace=True)
        return self.blocks(F.max_pool2d(h, 3, 2, padding=1)).mean((2, 3))
