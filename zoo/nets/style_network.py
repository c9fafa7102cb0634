"""One-pass style transfer for many paintings, by conditional instance normalisation.

The image transformation network of Johnson et al. 2016 (https://arxiv.org/abs/1603.08155) with the conditional
instance normalisation of Dumoulin et al. 2017 (https://arxiv.org/abs/1610.07629): all weights are shared, each style
owns a scale and a shift for every normalised channel. It differs from both papers by being narrower, by working on
2x2 pixels at a time instead of wide convolutions at full size, by resize-convolution (Odena et al. 2016), and by a
gated skip from input to output, through which one more "style", the untouched photo, is learnt; strength is the way
from that one to a painting's.
"""

from collections.abc import Collection, Generator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 1e-5

Moments = tuple[Tensor, Tensor]  # mean and mean square of each channel, (N, C) both


def moments_of(x: Tensor) -> Moments:
    """What normalisation needs to know of activations (N, C, H, W)."""
    return x.mean((2, 3)), x.square().mean((2, 3))  # var_mean is three times slower


class ConditionalNorm(nn.Module):
    """Instance normalisation whose scale and shift are a mix over styles."""

    def __init__(self, styles: int, width: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(styles, width))
        self.shift = nn.Parameter(torch.zeros(styles, width))

    def forward(self, x: Tensor, mix: Tensor, moments: Moments) -> Tensor:  # x (N, C, H, W), mix (N, S)
        mean, square = moments
        variance = (square - mean.square()).clamp_min(0)  # rounding can leave it below
        scale = (mix @ self.scale) * (variance + EPSILON).rsqrt()  # (N, C)
        shift = mix @ self.shift - mean * scale
        return torch.addcmul(shift[:, :, None, None], x, scale[:, :, None, None])


class ConvNorm(nn.Module):
    """A convolution without bias and its conditional normalisation; the network calls them, and has moments between."""

    def __init__(self, styles: int, conv: nn.Conv2d) -> None:
        super().__init__()
        self.conv = conv
        self.norm = ConditionalNorm(styles, conv.out_channels)


class DoubledConv(nn.Conv2d):
    """Nearest doubling, then a 3x3 or 5x5 convolution with replicated borders; the doubled map is never made.

    A tap of the kernel falls on one of only two (three) small pixels, so that a 2x2 (3x3) convolution of the small map
    gives all four pixels of the large one at once: equal, at 4/9 (a third) of the work.
    """

    def __init__(self, channels: tuple[int, int], size: int, *, bias: bool) -> None:
        super().__init__(*channels, size, bias=bias)
        self.cut = size // 2 % 2  # what the grid of a 3x3's results stands out by
        self.fold: Tensor
        fold = torch.zeros(2, (size + 1) // 2, size)  # which small pixel each tap falls on, for even and odd places
        for odd in range(2):
            for tap in range(size):
                fold[odd, (odd - self.cut + tap - size // 2) // 2 + 1, tap] = 1
        self.register_buffer("fold", fold, persistent=False)

    def forward(self, x: Tensor) -> Tensor:  # (N, C, H, W) to (N, D, 2H, 2W)
        small = torch.einsum("aus,bvt,oist->oabiuv", self.fold, self.fold, self.weight).flatten(0, 2)  # (4D, C, ., .)
        bias = None if self.bias is None else self.bias.repeat_interleave(4)
        large = F.pixel_shuffle(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), small, bias), 2)
        return large[..., self.cut : large.shape[2] - self.cut, self.cut : large.shape[3] - self.cut]


def _conv(channels: tuple[int, int], stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(*channels, 3, stride, 1, padding_mode="reflect", bias=False)


class ResidualBlock(nn.Module):
    """x + norm(conv(relu(norm(conv(x)))))."""

    def __init__(self, styles: int, width: int) -> None:
        super().__init__()
        self.first = ConvNorm(styles, _conv((width, width)))
        self.second = ConvNorm(styles, _conv((width, width)))


class StyleNetwork(nn.Module):
    """Repaint an image tensor (N, 3, H, W) in 0..1, sides multiples of 4 from 8 up; same shape, not clamped.

    ``mix`` is (N, styles + 1): how much of the untouched photo (column 0) and of each style; rows sum to one.
    """

    def __init__(self, styles: Sequence[str], widths: tuple[int, int, int] = (16, 32, 64), blocks: int = 5) -> None:
        super().__init__()
        self.styles = tuple(styles)
        count, (full, half, quarter) = len(styles) + 1, widths
        self.down = nn.ModuleList([ConvNorm(count, _conv((12, half))), ConvNorm(count, _conv((half, quarter), 2))])
        self.blocks = nn.ModuleList([ResidualBlock(count, quarter) for _ in range(blocks)])
        enlarge = DoubledConv((quarter, half), 3, bias=False)
        self.up = nn.ModuleList([ConvNorm(count, enlarge), ConvNorm(count, _conv((half, full)))])
        self.paint = DoubledConv((full, 3), 5, bias=True)
        self.norms = len(self.down) + 2 * blocks + len(self.up)
        self.reach = 8 * blocks + 12  # pixels that a pixel of the result sees around it, moments apart
        self.gate = nn.Parameter(torch.tensor([1.0] + [0.3] * len(styles)))  # how much of the photo shows through
        with torch.no_grad():
            self.paint.weight.mul_(0.1)  # so that training starts near the photo

    @torch.no_grad()
    def grow_from(self, other: "StyleNetwork") -> list[str]:
        """Take over another network's weights; the styles it lacks, which are returned, start as its mean style."""
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
        passing = self.passing(x, mix)
        h = next(passing)
        for _ in range(self.norms):
            h = passing.send(moments_of(h))
        return h

    def passing(self, x: Tensor, mix: Tensor) -> Generator[Tensor, Moments, None]:
        """The way of x through the network, with a stop at each normalisation, for its moments; x repainted at the end.

        So tiles that go side by side, and are sent the moments of them all, become what the whole would have become.
        """
        h = F.pixel_unshuffle(x - 0.5, 2)  # (N, 12, H/2, W/2): nothing is lost, all that follows is four times cheaper
        h = h.contiguous(memory_format=torch.channels_last)  # CPUs convolve this twice as fast
        for layer in self.down:
            h = layer.conv(h)
            h = F.relu(layer.norm(h, mix, (yield h)), inplace=True)  # (N, quarter, H/4, W/4) at the end
        for block in self.blocks:
            before, h = h, block.first.conv(h)
            h = F.relu(block.first.norm(h, mix, (yield h)), inplace=True)
            h = block.second.conv(h)
            h = before + block.second.norm(h, mix, (yield h))
        for layer in self.up:
            h = layer.conv(h)
            h = F.relu(layer.norm(h, mix, (yield h)), inplace=True)  # (N, full, H/2, W/2) at the end
        gate = (mix @ self.gate)[:, None, None, None]
        yield self.paint(h).add(0.5).addcmul(gate, x - 0.5)
