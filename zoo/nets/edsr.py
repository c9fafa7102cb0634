"""EDSR (Lim et al. 2017, https://arxiv.org/abs/1707.02921), to hold the weights that the super-image library published.

Their baseline: 16 residual blocks of 64 channels without normalisation, then twice a sub-pixel step of two. It differs
from the paper as that library does: input and output are RGB in 0..1, and no mean colour is taken off. Names are those
of the published file, which holds two colour shifts all the same.
"""

from torch import Tensor, nn


def _conv(before: int, after: int) -> nn.Conv2d:
    return nn.Conv2d(before, after, 3, padding=1)


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(_conv(width, width), nn.ReLU(), _conv(width, width))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class EDSR(nn.Module):
    """Enlarge an image tensor four times: (N, 3, H, W) in 0..1 to (N, 3, 4H, 4W), not clamped."""

    receptive_field = (
        16  # input pixels to each side that tiles need to share: half of all that count, the rest counts for little
    )

    def __init__(self, width: int = 64, blocks: int = 16) -> None:
        super().__init__()
        self.sub_mean, self.add_mean = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)  # in the file, never applied
        self.head = nn.Sequential(_conv(3, width))
        self.body = nn.Sequential(*[_Block(width) for _ in range(blocks)], _conv(width, width))
        enlarge = [layer for _ in range(2) for layer in (_conv(width, 4 * width), nn.PixelShuffle(2))]
        self.tail = nn.Sequential(nn.Sequential(*enlarge), _conv(width, 3))

    def forward(self, x: Tensor) -> Tensor:
        shallow = self.head(x)  # (N, width, H, W)
        return self.tail(shallow + self.body(shallow))
