"""Four-times upscaling by a plain residual network at low resolution.

After EDSR (Lim et al. 2017, https://arxiv.org/abs/1707.02921): residual blocks without batch normalisation, then one
sub-pixel step (Shi et al. 2016). It differs by being small, by going from 1x to 4x in a single sub-pixel step, and by
adding its answer to a bicubic enlargement, so that an untrained network already gives the bicubic picture.
"""

from contextlib import nullcontext

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SCALE = 4


class ResidualBlock(nn.Module):
    """x + conv(relu(conv(x)))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        change = self.second(F.relu(self.first(x), inplace=True))
        if change.dtype == x.dtype:
            return change.add_(x)  # no third tensor, which takes time on a CPU
        return x + change  # under autocast: the sum stays in float32


class ResidualUpscaler(nn.Module):
    """Enlarge an image tensor four times: (N, 3, H, W) in 0..1 to (N, 3, 4H, 4W), not clamped."""

    def __init__(self, width: int = 64, blocks: int = 10) -> None:
        super().__init__()
        self.head = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.Sequential(*[ResidualBlock(width) for _ in range(blocks)])
        self.tail = nn.Conv2d(width, 3 * SCALE**2, 3, padding=1)
        self._start_as_identity()

    @property
    def receptive_field(self) -> int:
        """How many input pixels to each side one output pixel depends on (the bicubic kernel's two included)."""
        return 2 + 2 * len(self.body)

    def _start_as_identity(self) -> None:
        """Start every residual branch near zero, as deep residual networks without normalisation need."""
        with torch.no_grad():
            for name, value in self.named_parameters():
                if name.endswith("second.bias") or name.startswith("tail."):
                    value.zero_()
                elif name.endswith("second.weight"):
                    value.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        layout = torch.channels_last  # a third faster on a CPU
        # 8-bit inputs do not fit bfloat16; once trained, the network can do without their last bit, and is quicker
        with torch.autocast(x.device.type, enabled=False) if self.training else nullcontext():
            shallow = self.head((x - 0.5).contiguous(memory_format=layout))  # (N, width, H, W)
        deep = shallow + self.body(shallow)
        detail = F.pixel_shuffle(self.tail(deep), SCALE)  # (N, 3, 4H, 4W)
        return detail + enlarge(x)


def enlarge(x: Tensor) -> Tensor:
    """Bicubic enlargement with Keys' a = -0.5, the kernel of MATLAB and Pillow."""
    return F.interpolate(x, scale_factor=SCALE, mode="bicubic", antialias=True)


def shrink(x: Tensor) -> Tensor:
    """Antialiased bicubic shrinking to a quarter, as MATLAB's imresize makes the public test sets' inputs."""
    return F.interpolate(x, scale_factor=1 / SCALE, mode="bicubic", antialias=True)
