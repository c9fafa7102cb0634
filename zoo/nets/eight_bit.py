"""A picture network in whole numbers of 8 bits, which processors with VNNI multiply faster than floating point.

Weights are rounded to 255 steps a channel, what passes between layers to 256 steps of a range that was measured on
photos (Jacob et al. 2018, https://arxiv.org/abs/1712.05877). Rectifying and shortcuts happen within the convolutions.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zoo.nets.edge_encoder import Bottleneck, EdgeFeatures
from zoo.nets.layers import SameConv

Range = tuple[float, float]  # the least and the greatest number that a layer gives
Scale = tuple[float, int]  # the size of a step, and the zero point: the step that stands for 0

KEPT = 0.7  # of a range: what lies beyond is rare, and finer steps are worth more (cosine 0.996 instead of 0.994)
PIXELS: Scale = (2 / 255, 128)  # a pixel of 0..255 as the network wants it, -1..1, to half a step


def supported() -> bool:
    """Tell whether this processor has what makes it worth while."""
    return torch.backends.mkldnn.is_available() and torch.cpu._is_vnni_supported()


def of_pixels(body: nn.Module, layer_ranges: Sequence[Range]) -> Callable[[Tensor], Tensor]:
    """Give a network for pixels of 0..255, uint8: in 8 bits where its ranges are known and the processor gains."""
    if layer_ranges and isinstance(body, EdgeFeatures) and supported():
        return EightBitFeatures(body, layer_ranges)
    return lambda pixels: body(pixels.float().div_(255))


def ranges(features: EdgeFeatures, batches: Iterable[Tensor]) -> list[Range]:
    """Measure what each layer of the network gives, at least and at most, for pictures (N, 3, H, W) in 0..1."""
    seen: list[Range] = []
    for batch in batches:
        found = [(float(h.min()), float(h.max())) for h in _layers(features, batch)]
        seen = [(min(a, c), max(b, d)) for (a, b), (c, d) in zip(seen or found, found, strict=True)]
    return seen


class EightBitFeatures(nn.Module):
    """The same as EdgeFeatures in 8 bits: pictures (N, 3, H, W), uint8, to pooled activations (N, 1280), float32.

    Takes the ranges of its layers in their order, as `ranges` gives them.
    """

    def __init__(self, features: EdgeFeatures, layer_ranges: Sequence[Range]) -> None:
        super().__init__()
        scales = iter([_scale(*each) for each in layer_ranges])
        stem, projected = next(scales), next(scales)
        self.stem = EightBitConv(features.stem, PIXELS, stem, rectify=True)
        self.stem_project = EightBitConv(features.stem_project, stem, projected)
        blocks, takes = [], projected
        for bottleneck in features.bottlenecks():
            block = EightBitBottleneck(bottleneck, takes, scales)
            blocks.append(block)
            takes = block.gives
        self.blocks = nn.Sequential(*blocks)
        self.last = EightBitConv(features.last, takes, None, rectify=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.blocks(self.stem_project(self.stem(x)))).mean((2, 3))


class EightBitBottleneck(nn.Module):
    """A Bottleneck in 8 bits; with a shortcut it overwrites what it is given."""

    def __init__(self, block: Bottleneck, takes: Scale, scales: Iterator[Scale]) -> None:
        super().__init__()
        self.expand, before = nn.Sequential(), takes
        for layer in block.expansions():
            after = next(scales)
            self.expand.append(EightBitConv(layer, before, after, rectify=True))
            before = after
        self.gives: Scale = next(scales)
        self.project = EightBitConv(block.project, before, self.gives, added=takes if block.shortcut else None)

    def forward(self, x: Tensor) -> Tensor:
        return self.project(self.expand(x), x)


class EightBitConv(nn.Module):
    """A convolution of 8-bit numbers, rectified or added to others; gives 8-bit numbers, or float32 without a scale."""

    def __init__(
        self, conv: SameConv, takes: Scale, gives: Scale | None, *, rectify: bool = False, added: Scale | None = None
    ) -> None:
        super().__init__()
        self.conv, self.takes, self.gives, self.added = conv, takes, gives, added
        self.rectify = "relu" if rectify else "none"
        weight = conv.weight.detach().float()
        self.scales = weight.abs().amax((1, 2, 3)).clamp_min(1e-8) / 127  # one a channel
        rounded = (weight / self.scales[:, None, None, None]).round().to(torch.int8)
        self.geometry = (list(conv.stride), list(conv.padding), [1, 1], conv.groups)
        self.weight = torch.ops.onednn.qconv_prepack(rounded, self.scales, *takes, *self.geometry)
        self.zero_points = torch.zeros(len(self.scales), dtype=torch.int32)

    def forward(self, x: Tensor, other: Tensor | None = None) -> Tensor:
        surplus = self.conv.surplus(x)
        if any(surplus):
            x = F.pad(x, surplus, value=self.takes[1])
        given = (x, *self.takes, self.weight, self.scales, self.zero_points)
        if self.added and self.gives:
            kinds = (*self.gives, torch.uint8, *self.added, "sum", 1.0, "none", [], "")
            return torch.ops.onednn.qconv2d_pointwise.binary(*given, other, self.conv.bias, *self.geometry, *kinds)
        kinds = (*self.gives, torch.uint8) if self.gives else (1.0, 0, torch.float32)
        return torch.ops.onednn.qconv2d_pointwise(*given, self.conv.bias, *self.geometry, *kinds, self.rectify, [], "")


def _layers(features: EdgeFeatures, x: Tensor) -> Iterator[Tensor]:
    """Yield what each layer but the last gives, in their order."""
    h = torch.relu(features.stem(2 * x - 1))
    yield h
    h = features.stem_project(h)
    yield h
    for block in features.bottlenecks():
        wide = h
        for layer in block.expansions():
            wide = torch.relu(layer(wide))
            yield wide
        h = block.project(wide) + h if block.shortcut else block.project(wide)
        yield h


def _scale(least: float, greatest: float) -> Scale:
    """256 steps over most of the way from the least to the greatest, one of which is 0."""
    least, greatest = KEPT * min(least, 0.0), KEPT * max(greatest, 0.0)
    size = max(greatest - least, 1e-6) / 255
    return size, round(-least / size)
