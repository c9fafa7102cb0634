"""One-pass style transfer: one network whose normalisation parameters make the style.

The image transformation network of Johnson et al. 2016 (https://arxiv.org/abs/1603.08155) with the conditional
instance normalisation of Dumoulin et al. 2017 (https://arxiv.org/abs/1610.07629): all convolutions are shared, a style
is one vector that holds a scale and a shift for every normalised channel. It differs from both papers by working on
2x2 pixels at a time instead of wide convolutions at full size, by resize-convolution (Odena et al. 2016), and by
strength: row 0 of the table is no painting but the parameters towards which a weaker style is interpolated, while the
result is interpolated between the photo and the painting, so that strength 0 is the photo itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPSILON = 1e-5
WIDTHS = (32, 64, 96)  # channels at half, half and a quarter of the size
BLOCKS = 5
STRIDE = 4  # pixels: the sides of an image are multiples of it
SMALLEST_SIDE = 32

Moments = tuple[Tensor, Tensor]  # mean and mean square of each channel, (N, C) both


def moments_of(x: Tensor) -> Moments:
    """Give what instance normalisation needs to know of activations (N, C, H, W), in float32."""
    x = x.float()
    return x.mean((2, 3)), x.square().mean((2, 3))  # var_mean is three times slower


def normalise(x: Tensor, moments: Moments, scale: Tensor, shift: Tensor) -> Tensor:
    """Instance-normalise (N, C, H, W) by its moments, then scale and shift it by (N, C)."""
    mean, square = moments
    variance = (square - mean.square()).clamp_min(0)  # rounding can leave it below
    scale = scale * (variance + EPSILON).rsqrt()  # (N, C)
    shift = shift - mean * scale
    return torch.addcmul(shift[:, :, None, None].to(x.dtype), x, scale[:, :, None, None].to(x.dtype))


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

    def forward(self, input: Tensor) -> Tensor:  # (N, C, H, W) to (N, D, 2H, 2W)
        small = torch.einsum("aus,bvt,oist->oabiuv", self.fold, self.fold, self.weight).flatten(0, 2)  # (4D, C, ., .)
        bias = None if self.bias is None else self.bias.repeat_interleave(4)
        large = F.pixel_shuffle(F.conv2d(_replicated(input), small, bias), 2)
        return large[..., self.cut : large.shape[2] - self.cut, self.cut : large.shape[3] - self.cut]


def _replicated(x: Tensor) -> Tensor:
    """Repeat the border once on each side; torch.compile gets the gradient of F.pad's "replicate" wrong."""
    x = torch.cat([x[:, :, :1], x, x[:, :, -1:]], 2)
    return torch.cat([x[..., :1], x, x[..., -1:]], 3)


class Layer(nn.Module):
    """A convolution without bias; what follows its normalisation: ReLU, or what the block before it was given."""

    def __init__(self, conv: nn.Conv2d, *, opens_block: bool = False, closes_block: bool = False) -> None:
        super().__init__()
        self.conv = conv
        self.opens_block, self.closes_block = opens_block, closes_block


@dataclass
class Activations:
    """Where a picture is on its way through the network: activations, and a residual block's input meanwhile."""

    now: Tensor  # (N, C, H, W)
    block_input: Tensor | None = None

    def convolve(self, layer: Layer) -> None:
        """Take the layer's convolution."""
        if layer.opens_block:
            self.block_input = self.now
        self.now = layer.conv(self.now)

    def finish(self, layer: Layer, moments: Moments, scale: Tensor, shift: Tensor) -> None:
        """Normalise with `moments` and do what follows in the layer."""
        self.now = normalise(self.now, moments, scale, shift)
        if layer.closes_block and self.block_input is not None:
            self.now, self.block_input = self.block_input + self.now, None
        else:
            self.now = F.relu(self.now, inplace=True)


class StyleNetwork(nn.Module):
    """Repaint an image tensor (N, 3, H, W) in 0..1, sides multiples of 4 from 8 up; same shape, not clamped.

    A style is a vector (N, style_size), see `styled_layers`.
    """

    def __init__(self, widths: tuple[int, int, int] = WIDTHS, blocks: int = BLOCKS) -> None:
        super().__init__()
        full, half, quarter = widths
        layers = [Layer(_conv((12, half))), Layer(_conv((half, quarter), 2))]
        for _ in range(blocks):
            layers.append(Layer(_conv((quarter, quarter)), opens_block=True))
            layers.append(Layer(_conv((quarter, quarter)), closes_block=True))
        layers.append(Layer(DoubledConv((quarter, half), 3, bias=False)))
        layers.append(Layer(_conv((half, full))))
        self.layers = nn.ModuleList(layers)
        self.paint = DoubledConv((full, 3), 5, bias=True)
        self.channels = [layer.conv.out_channels for layer in layers]
        self.receptive_field = 8 * blocks + 12  # pixels that a pixel of the result sees to each side, moments apart

    @property
    def style_size(self) -> int:
        """Numbers in a style vector."""
        return 2 * sum(self.channels)

    def styled_layers(self, style: Tensor) -> list[tuple[Layer, Tensor, Tensor]]:
        """Give each layer with its scale and its shift (N, C), cut from a style vector (N, style_size)."""
        layers = cast(Iterable[Layer], self.layers)
        scales, shifts = (half.split(self.channels, 1) for half in style.chunk(2, 1))
        return list(zip(layers, scales, shifts, strict=True))

    def enter(self, image: Tensor) -> Activations:
        """Turn 2x2 pixels into channels: nothing is lost, and all that follows is four times cheaper."""
        h = F.pixel_unshuffle(image - 0.5, 2)  # (N, 12, H/2, W/2)
        return Activations(h.contiguous(memory_format=torch.channels_last))  # CPUs convolve this twice as fast

    def leave(self, activations: Activations) -> Tensor:
        """Paint the last activations: (N, 3, H, W)."""
        return self.paint(activations.now).float() + 0.5

    def forward(self, image: Tensor, style: Tensor) -> Tensor:
        activations = self.enter(image)
        for layer, scale, shift in self.styled_layers(style):
            activations.convolve(layer)
            activations.finish(layer, moments_of(activations.now), scale, shift)
        return self.leave(activations)


class PaintingsNetwork(nn.Module):
    """A style network and the paintings that it knows: a table of style vectors, row 0 for no style."""

    def __init__(self, styles: Sequence[str], network: StyleNetwork | None = None) -> None:
        super().__init__()
        self.styles = tuple(styles)
        self.network = network or StyleNetwork()
        half = self.network.style_size // 2
        self.table = nn.Parameter(torch.cat([torch.ones(half), torch.zeros(half)]).repeat(len(styles) + 1, 1))

    def blend(self, weights: Mapping[str, float], strength: float = 1.0) -> Tensor:
        """Mix styles by weights, which are scaled to sum to one, at a strength in 0..1: a style vector (1, size)."""
        total = sum(weights.values())
        shares = [weights.get(name, 0.0) / total * strength for name in self.styles]
        return torch.tensor([[1.0 - strength, *shares]], device=self.table.device) @ self.table

    def forward(self, images: Tensor, style: Tensor) -> Tensor:
        """Repaint images in a style vector (N, style_size), as `StyleNetwork` does."""
        return self.network(images, style)

    @torch.no_grad()
    def take_over(self, other: "PaintingsNetwork") -> list[str]:
        """Take over another network's weights; the styles it lacks, which are returned, start as its mean style."""
        self.network.load_state_dict(other.network.state_dict())
        self.table.copy_(other.table[1:].mean(0))
        self.table[0] = other.table[0]
        known = [name for name in self.styles if name in other.styles]
        for name in known:
            self.table[1 + self.styles.index(name)] = other.table[1 + other.styles.index(name)]
        return [name for name in self.styles if name not in other.styles]


def _conv(channels: tuple[int, int], stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(*channels, 3, stride, 1, padding_mode="reflect", bias=False)
