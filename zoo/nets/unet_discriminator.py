"""A U-Net that tells photos from enlargements at each pixel: Real-ESRGAN's discriminator.

After Wang et al. 2021 (https://arxiv.org/abs/2107.10833), with spectral normalisation (Miyato et al. 2018,
https://arxiv.org/abs/1802.05957). It differs by having half of the paper's channels.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

POWER_ITERATIONS = 15  # before the first step; one a step afterwards


class SpectralConv2d(nn.Conv2d):
    """A convolution without bias whose weight is divided by its largest singular value.

    Unlike torch's spectral_norm it finds that value in float32 under autocast too.
    """

    def __init__(self, before: int, after: int, side: int, stride: int = 1) -> None:
        super().__init__(before, after, side, stride, padding=1, bias=False)
        self.left: Tensor
        self.right: Tensor
        self.register_buffer("left", F.normalize(torch.randn(after), dim=0))
        self.register_buffer("right", torch.zeros(before * side**2))
        for _ in range(POWER_ITERATIONS):
            self._iterate(self.weight.flatten(1))

    def forward(self, input: Tensor) -> Tensor:
        with torch.autocast(input.device.type, enabled=False):
            matrix = self.weight.flatten(1)
            if self.training and self.weight.requires_grad:
                self._iterate(matrix)
            weight = self.weight / (self.left @ (matrix @ self.right))
        return F.conv2d(input, weight, None, self.stride, self.padding)

    @torch.no_grad()
    def _iterate(self, matrix: Tensor) -> None:
        """Do one power iteration; the vectors are replaced, for a gradient may need the old ones."""
        self.right = F.normalize(matrix.mT @ self.left, dim=0)
        self.left = F.normalize(matrix @ self.right, dim=0)


class UNetDiscriminator(nn.Module):
    """Judge image tensors (N, 3, H, W) by logits (N, 1, H, W), above 0 for a photo; H and W are multiples of 8."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.head = nn.Conv2d(3, width, 3, padding=1)
        self.down = nn.ModuleList([SpectralConv2d(width << n, width << n + 1, 4, stride=2) for n in range(3)])
        self.up = nn.ModuleList([SpectralConv2d(width << n + 1, width << n, 3) for n in (2, 1, 0)])
        self.last = nn.ModuleList([SpectralConv2d(width, width, 3) for _ in range(2)])
        self.tail = nn.Conv2d(width, 1, 3, padding=1)

    def forward(self, images: Tensor) -> Tensor:
        with torch.autocast(images.device.type, enabled=False):  # 8-bit inputs do not fit bfloat16
            h = _activate(self.head(images.float().contiguous(memory_format=torch.channels_last)))
        skipped = []
        for convolution in self.down:
            skipped.append(h)
            h = _activate(convolution(h))  # (N, 8 width, H/8, W/8) at the end
        for convolution in self.up:
            larger = F.interpolate(h, scale_factor=2, mode="bilinear", align_corners=False)
            h = _activate(convolution(larger)) + skipped.pop()
        for convolution in self.last:
            h = _activate(convolution(h))
        return self.tail(h).float()


def _activate(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.2)
