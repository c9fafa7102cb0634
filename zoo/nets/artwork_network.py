"""One-pass style transfer after any artwork: a small network predicts the style vector from the artwork.

After Ghiasi et al. 2017 (https://arxiv.org/abs/1705.06830). It differs from the paper by a predictor that is trained
from random weights and describes the artwork by the mean and the deviation of activations at four scales, which say
more of a texture than the paper's means of one deep layer, and by being a tenth of its size.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from zoo.nets.style_network import StyleNetwork

SCALES = (32, 64, 96, 128)  # channels at a half, a quarter, an eighth, a sixteenth of the size
HIDDEN = 256


class StylePredictor(nn.Module):
    """Give the style vectors (N, style_size) of artworks (N, 3, H, W) in 0..1, sides of 32 or more."""

    def __init__(self, style_size: int, scales: Sequence[int] = SCALES, hidden: int = HIDDEN) -> None:
        super().__init__()
        pairs, before = [], 3
        for width in scales:
            pairs.append(nn.Sequential(_conv(before, width, 2), nn.ReLU(), _conv(width, width, 1), nn.ReLU()))
            before = width
        self.scales = nn.ModuleList(pairs)
        last = nn.Linear(hidden, style_size)
        self.head = nn.Sequential(
            nn.Linear(2 * sum(scales), hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(), last
        )
        nn.init.normal_(last.weight, std=0.02)
        nn.init.zeros_(last.bias)
        self.plain: Tensor
        self.register_buffer("plain", torch.cat([torch.ones(style_size // 2), torch.zeros(style_size // 2)]), False)

    def forward(self, artworks: Tensor) -> Tensor:
        h = (artworks * 4 - 2).contiguous(memory_format=torch.channels_last)
        found = []
        for pair in self.scales:
            h = pair(h)
            variance, mean = torch.var_mean(h.float(), (2, 3), correction=0)
            found += [mean, (variance + 1e-4).sqrt()]
        return self.plain + self.head(torch.cat(found, 1))


class ArtworkNetwork(nn.Module):
    """A style network and the predictor of its styles."""

    def __init__(self, network: StyleNetwork | None = None) -> None:
        super().__init__()
        self.network = network or StyleNetwork()
        self.predictor = StylePredictor(self.network.style_size)

    def forward(self, images: Tensor, artworks: Tensor) -> Tensor:
        """Repaint images after artworks, as `StyleNetwork` does."""
        return self.network(images, self.predictor(artworks))


def _conv(before: int, after: int, stride: int) -> nn.Conv2d:
    layer = nn.Conv2d(before, after, 3, stride, 1)
    nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
