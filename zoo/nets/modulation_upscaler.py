"""Four-times upscaling by self-modulated features: SMFANet (Zheng et al., ECCV 2024), a network to learn from.

Each block weighs a coarse view of the whole picture against a local one, then mixes channels. Since its view is of the
whole picture, tiles of a picture do not add up to what the whole gives; it is used to train others, not to serve.
"""

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SCALE = 4
COARSE = 8  # how many pixels to each side one cell of the coarse view covers


class Modulation(nn.Module):
    """Half of the channels modulated by a coarse view of the picture, the other half by a local convolution."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.divide = nn.Conv2d(width, 2 * width, 1)
        self.coarse = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.gate = nn.Conv2d(width, width, 1)
        self.by_coarse = nn.Parameter(torch.ones(1, width, 1, 1))
        self.by_variance = nn.Parameter(torch.zeros(1, width, 1, 1))
        self.local = nn.Sequential(
            nn.Conv2d(width, 2 * width, 3, padding=1, groups=width),
            nn.Conv2d(2 * width, 2 * width, 1),
            nn.GELU(),
            nn.Conv2d(2 * width, width, 1),
        )
        self.join = nn.Conv2d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        near, far = self.divide(x).chunk(2, dim=1)
        cells = F.adaptive_max_pool2d(far, (max(height // COARSE, 1), max(width // COARSE, 1)))
        variance = far.var(dim=(2, 3), keepdim=True)
        gate = F.gelu(self.gate(self.by_coarse * self.coarse(cells) + self.by_variance * variance))
        return self.join(far * F.interpolate(gate, size=(height, width)) + self.local(near))


class PartialMixing(nn.Module):
    """Channels mixed point by point; a quarter of them also see their neighbours."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.some = width // 2
        self.widen = nn.Conv2d(width, 2 * width, 1)
        self.near = nn.Conv2d(self.some, self.some, 3, padding=1)
        self.narrow = nn.Conv2d(2 * width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.widen(x))
        near, rest = x[:, : self.some], x[:, self.some :]
        return self.narrow(torch.cat([F.gelu(self.near(near)), rest], 1))


class ModulationBlock(nn.Module):
    """Both, each on channels of unit length and each added to what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.modulate, self.mix = Modulation(width), PartialMixing(width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.modulate(F.normalize(x))
        return x + self.mix(F.normalize(x))


class ModulationUpscaler(nn.Module):
    """Enlarge an image tensor four times: (N, 3, H, W) in 0..1 to (N, 3, 4H, 4W), not clamped."""

    def __init__(self, width: int = 36, blocks: int = 8) -> None:
        super().__init__()
        self.head = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.Sequential(*[ModulationBlock(width) for _ in range(blocks)])
        self.tail = nn.Conv2d(width, 3 * SCALE**2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        shallow = self.head(x)
        return F.pixel_shuffle(self.tail(shallow + self.body(shallow)), SCALE)


PUBLISHED = {  # parts by the names that the authors' files give them
    "smfa.linear_0": "modulate.divide",
    "smfa.linear_1": "modulate.gate",
    "smfa.linear_2": "modulate.join",
    "smfa.dw_conv": "modulate.coarse",
    "smfa.lde.conv_0.0": "modulate.local.0",
    "smfa.lde.conv_0.1": "modulate.local.1",
    "smfa.lde.conv_1": "modulate.local.3",
    "smfa.alpha": "modulate.by_coarse",
    "smfa.belt": "modulate.by_variance",
    "pcfn.conv_0": "mix.widen",
    "pcfn.conv_1": "mix.near",
    "pcfn.conv_2": "mix.narrow",
    "to_feat": "head",
    "to_img.0": "tail",
    "feats": "body",
}


def from_published(tensors: Mapping[str, Tensor]) -> ModulationUpscaler:
    """Give the network that the authors' weights describe: any width, any number of blocks."""
    renamed = {}
    for name, tensor in tensors.items():
        for theirs, ours in PUBLISHED.items():
            name = name.replace(theirs, ours)
        renamed[name] = tensor
    blocks = 1 + max(int(name.split(".")[1]) for name in renamed if name.startswith("body."))
    network = ModulationUpscaler(renamed["head.weight"].shape[0], blocks)
    network.load_state_dict(renamed)
    return network
