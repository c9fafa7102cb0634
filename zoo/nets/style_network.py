"""One-pass style transfer for many paintings, by conditional instance normalisation.

The image transformation network of Johnson et al. 2016 (https://arxiv.org/abs/1603.08155) with the conditional
instance normalisation of Dumoulin et al. 2017 (https://arxiv.org/abs/1610.07629): all weights are shared, each style
owns a scale and a shift for every normalised channel. It differs from both papers by being narrower, by working on
2x2 pixels at a time instead of wide convolutions at full size, by resize-convolution (Odena et al. 2016), and by a
gated skip from input to output, through which one more "style", the untouched photo, is learnt; strength is the way
from that one to a painting's.
"""

from collections.abc import Collection, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 1e-5


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="nearest")


class ConditionalNorm(nn.Module):
    """Instance normalisation whose scale and shift are a mix over styles."""

    def __init__(self, styles: int, width: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(styles, width))
        self.shift = nn.Parameter(torch.zeros(styles, width))

    def forward(self, x: Tensor, mix: Tensor) -> Tensor:  # x (N, C, H, W), mix (N, S)
        mean, square = x.mean((2, 3)), torch.linalg.vector_norm(x, dim=(2, 3)).square() / x[0, 0].numel()
        scale = (mix @ self.scale) * (square - mean.square() + EPSILON).rsqrt()  # (N, C); var_mean is three times slower
        shift = mix @ self.shift - mean * scale
        return torch.addcmul(shift[:, :, None, None], x, scale[:, :, None, None])


class ConvNorm(nn.Module):
    """Reflection padding, convolution, conditional normalisation."""

    def __init__(self, styles: int, channels: tuple[int, int], size: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(*channels, size, stride, size // 2, padding_mode="reflect", bias=False)
        self.norm = ConditionalNorm(styles, channels[1])

    def forward(self, x: Tensor, mix: Tensor) -> Tensor:
        return self.norm(self.conv(x), mix)


class PaintDoubled(nn.Conv2d):
    """Nearest doubling and then a 5x5 convolution, as a 3x3 convolution before the doubling: equal, at a third of it."""

    def __init__(self, channels: tuple[int, int]) -> None:
        super().__init__(*channels, 5)
        self.fold: Tensor
        fold = torch.zeros(2, 3, 5)  # which of three small pixels each of five taps falls on, for even and odd places
        for odd in range(2):
            for tap in range(5):
                fold[odd, (odd + tap - 2) // 2 + 1, tap] = 1
        self.register_buffer("fold", fold, persistent=False)

    def forward(self, x: Tensor) -> Tensor:  # (N, C, H, W) to (N, D, 2H, 2W)
        small = torch.einsum("aus,bvt,oist->oabiuv", self.fold, self.fold, self.weight).flatten(0, 2)  # (4D, C, 3, 3)
        bias = self.bias.repeat_interleave(4)
        return F.pixel_shuffle(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), small, bias), 2)


class ResidualBlock(nn.Module):
    """x + norm(conv(relu(norm(conv(x)))))."""

    def __init__(self, styles: int, width: int) -> None:
        super().__init__()
        self.first = ConvNorm(styles, (width, width), 3)
        self.second = ConvNorm(styles, (width, width), 3)

    def forward(self, x: Tensor, mix: Tensor) -> Tensor:
        return x + self.second(F.relu(self.first(x, mix), inplace=True), mix)


class StyleNetwork(nn.Module):
    """Repaint an image tensor (N, 3, H, W) in 0..1, sides multiples of 4 from 8 up; same shape, not clamped.

    ``mix`` is (N, styles + 1): how much of the untouched photo (column 0) and of each style; rows sum to one.
    """

    def __init__(self, styles: Sequence[str], widths: tuple[int, int, int] = (16, 32, 64), blocks: int = 5) -> None:
        super().__init__()
        self.styles = tuple(styles)
        count, (full, half, quarter) = len(styles) + 1, widths
        self.down = nn.ModuleList([ConvNorm(count, (12, half), 3), ConvNorm(count, (half, quarter), 3, 2)])
        self.blocks = nn.ModuleList([ResidualBlock(count, quarter) for _ in range(blocks)])
        self.up = nn.ModuleList([ConvNorm(count, (quarter, half), 3), ConvNorm(count, (half, full), 3)])
        self.paint = PaintDoubled((full, 3))
        self.gate = nn.Parameter(torch.tensor([1.0] + [0.3] * len(styles)))  # how much of the photo shows through
        with torch.no_grad():
            self.paint.weight.mul_(0.1)  # so that training starts near the photo

    @torch.no_grad()
    def grow_from(self, other: "StyleNetwork") -> list[str]:
        """Take over another network's weights; the styles that it lacks, which are returned, start as its mean style."""
        known = [place for place, name in enumerate(self.styles, 1) if name in other.styles]
        places = [other.styles.index(self.styles[place - 1]) + 1 for place in known]
        theirs = other.state_dict()
        for name, value in self.state_dict().items():
            if name == "gate" or name.endswith(("scale", "shift")):
                value.copy_(theirs[name][1:].mean(0))
                value[[0, *known]] = theirs[name][[0, *places]]
            else:
                value.copy_(theirs[name])
        return [name for name in self.styles if name not in other.styles]

    def train_only(self, styles: Collection[str]) -> None:
        """Hold everything but what these styles own."""
        rows = torch.tensor([name in styles for name in ("", *self.styles)])
        for name, weight in self.named_parameters():
            if name == "gate" or name.endswith(("scale", "shift")):
                weight.register_hook(lambda grad: grad * rows.view(-1, *[1] * (grad.dim() - 1)))
            else:
                weight.requires_grad_(False)

    def mixture(self, weights: dict[str, float], strength: float = 1.0) -> Tensor:
        """The mix (1, styles + 1) for style weights, which are scaled to sum to one, at a strength in 0..1."""
        total = sum(weights.values())
        shares = [weights.get(name, 0.0) / total * strength for name in self.styles]
        return torch.tensor([[1.0 - strength, *shares]], device=self.gate.device)

    def forward(self, x: Tensor, mix: Tensor) -> Tensor:
        photo = x - 0.5
        h = F.pixel_unshuffle(photo, 2)  # (N, 12, H/2, W/2): nothing is lost, all that follows is four times cheaper
        for layer in self.down:
            h = F.relu(layer(h, mix), inplace=True)  # (N, quarter, H/4, W/4) at the end
        for block in self.blocks:
            h = block(h, mix)
        h = _doubled(h)
        for layer in self.up:
            h = F.relu(layer(h, mix), inplace=True)  # (N, full, H/2, W/2) at the end
        painted = self.paint(h)  # (N, 3, H, W)
        return 0.5 + painted + (mix @ self.gate)[:, None, None, None] * photo
