"""Four-times upscaling by residual-in-residual dense blocks, for the published Real-ESRGAN weights.

The generator of ESRGAN (Wang et al. 2018, https://arxiv.org/abs/1809.00219) as Real-ESRGAN trained it (Wang et al.
2021, https://arxiv.org/abs/2107.10833): no normalisation, residuals scaled by 0.2, two nearest-neighbour doublings.
The names of the layers are those of the published file.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

RESIDUAL_SCALE = 0.2


def _conv(before: int, after: int) -> nn.Conv2d:
    return nn.Conv2d(before, after, 3, padding=1)


def _leak(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.2)


class DenseBlock(nn.Module):
    """Five convolutions, each seeing what all before it gave."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        for index in range(5):
            self.add_module(f"conv{index + 1}", _conv(width + index * growth, growth if index < 4 else width))

    def forward(self, x: Tensor) -> Tensor:
        seen = x
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            seen = torch.cat((seen, _leak(conv(seen))), 1)
        return x + RESIDUAL_SCALE * self.conv5(seen)


class ResidualInResidual(nn.Module):
    """Three dense blocks under one more residual."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = (DenseBlock(width, growth) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        return x + RESIDUAL_SCALE * self.rdb3(self.rdb2(self.rdb1(x)))


class RRDBUpscaler(nn.Module):
    """Enlarge an image tensor four times: (N, 3, H, W) in 0..1 to (N, 3, 4H, 4W), not clamped."""

    def __init__(self, width: int = 64, blocks: int = 23, growth: int = 32) -> None:
        super().__init__()
        self.conv_first = _conv(3, width)
        self.body = nn.Sequential(*[ResidualInResidual(width, growth) for _ in range(blocks)])
        self.conv_body = _conv(width, width)
        self.conv_up1, self.conv_up2, self.conv_hr = (_conv(width, width) for _ in range(3))
        self.conv_last = _conv(width, 3)

    @property
    def reach(self) -> int:
        """How many input pixels to each side tiles need to share: not all that count, but what its authors pad by."""
        return 10

    def forward(self, x: Tensor) -> Tensor:
        shallow = self.conv_first(x)
        h = shallow + self.conv_body(self.body(shallow))  # (N, width, H, W)
        for conv in (self.conv_up1, self.conv_up2):
            h = _leak(conv(F.interpolate(h, scale_factor=2.0, mode="nearest")))  # (N, width, 4H, 4W) at the end
        return self.conv_last(_leak(self.conv_hr(h)))
