"""Layers that several networks share."""

import torch.nn.functional as F
from torch import Tensor, nn


class Backbone(nn.Module):
    """A network from pictures (N, 3, H, W) in 0..1 to pooled activations (N, width)."""

    width: int


class SameConv(nn.Conv2d):
    """A convolution that pads as TensorFlow's SAME: to ceil(size / stride), the odd pixel below and to the right."""

    def __init__(self, channels: tuple[int, int], kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(*channels, kernel, stride, padding=kernel // 2 if stride == 1 else 0, groups=groups)

    def forward(self, input: Tensor) -> Tensor:
        surplus = self.surplus(input)
        return super().forward(F.pad(input, surplus) if any(surplus) else input)

    def surplus(self, x: Tensor) -> tuple[int, int, int, int]:
        """Give pixels to be added left, right, above and below before a strided convolution."""
        step, kernel = self.stride[0], self.kernel_size[0]
        if step == 1:
            return 0, 0, 0, 0
        down, right = (max((-(-side // step) - 1) * step + kernel - side, 0) for side in x.shape[2:])
        return right // 2, right - right // 2, down // 2, down - down // 2
