"""The image transformation network of Johnson et al. 2016 (https://arxiv.org/abs/1603.08155), to measure speed against.

As its supplement describes it, in the form that is in wide use: instance normalisation (Ulyanov et al. 2016) instead of
batch normalisation, resize-convolution instead of transposed convolution, reflection padding throughout. Untrained.
"""

from torch import Tensor, nn


class JohnsonNetwork(nn.Sequential):
    """Images (N, 3, H, W), sides multiples of 4, to the same shape."""

    def __init__(self) -> None:
        super().__init__(
            *_layer(3, 32, 9),
            *_layer(32, 64, 3, stride=2),
            *_layer(64, 128, 3, stride=2),
            *[ResidualBlock(128) for _ in range(5)],
            nn.Upsample(scale_factor=2),
            *_layer(128, 64, 3),
            nn.Upsample(scale_factor=2),
            *_layer(64, 32, 3),
            _conv(32, 3, 9),
        )


class ResidualBlock(nn.Module):
    """x + norm(conv(relu(norm(conv(x)))))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_layer(width, width, 3), _conv(width, width, 3), nn.InstanceNorm2d(width, affine=True)
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def _conv(before: int, after: int, size: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(before, after, size, stride, size // 2, padding_mode="reflect")


def _layer(before: int, after: int, size: int, stride: int = 1) -> list[nn.Module]:
    return [_conv(before, after, size, stride), nn.InstanceNorm2d(after, affine=True), nn.ReLU()]
