"""Four-times upscaling by residual local features and spatial attention, all of it at low resolution.

After RLFN (Kong et al. 2022, https://arxiv.org/abs/2205.07514), whose blocks are three convolutions and the spatial
attention of RFANet (Liu et al. 2020, https://arxiv.org/abs/2005.12597). It differs in the attention: its wide view is
laid out on every second pixel and not on every sixth, so that tiles of a picture that begin at even pixels add up to
what the whole gives.
"""

import re
from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from zoo.nets.residual_upscaler import SCALE

LEVELS = 255  # inside, pixels are 0..255, as for the authors' weights
SLOPE = 0.05  # of the activations below zero
VIEW = 16  # channels of the attention
POOL, SPREAD = 7, 3  # side of the window that is pooled and distance between the taps after it, in every second pixel
REACH = 40  # input pixels to each side: farther away, no checkerboard of pixels was seen to change a result by a level


class SpatialAttention(nn.Module):
    """Weigh each pixel and channel by a near and a wide view of the features."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(width, VIEW, 1)
        self.near = nn.Conv2d(VIEW, VIEW, 1)
        self.halve = nn.Conv2d(VIEW, VIEW, 3, stride=2, padding=1)
        self.far = nn.Conv2d(VIEW, VIEW, 3, padding=SPREAD, dilation=SPREAD)
        self.expand = nn.Conv2d(VIEW, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        height, width = x.shape[2:]
        view = self.reduce(x)
        wide = self.far(F.max_pool2d(self.halve(view), POOL, stride=1, padding=POOL // 2))
        wide = F.interpolate(wide, scale_factor=2, mode="bilinear")[..., :height, :width]
        return x * torch.sigmoid(self.expand(wide + self.near(view)))


class LocalFeatureBlock(nn.Module):
    """Three convolutions added to what came in, mixed and weighed."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.third = nn.Conv2d(width, width, 3, padding=1)
        self.mix = nn.Conv2d(width, width, 1)
        self.attend = SpatialAttention(width)

    def forward(self, x: Tensor) -> Tensor:
        change = x
        for convolve in (self.first, self.second, self.third):
            change = F.leaky_relu(convolve(change), SLOPE, inplace=True)
        return self.attend(self.mix(change + x))


class LocalFeatureUpscaler(nn.Module):
    """Enlarge an image tensor four times: (N, 3, H, W) in 0..1 to (N, 3, 4H, 4W), not clamped.

    Pixels of bfloat16 are too coarse for a whole picture, so the first and the last layer stay as they are under
    autocast. `receptive_field` is how many input pixels to each side an output pixel depends on in a way that counts.
    """

    receptive_field = REACH

    def __init__(self, width: int = 48, blocks: int = 6) -> None:
        super().__init__()
        self.head = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.Sequential(*[LocalFeatureBlock(width) for _ in range(blocks)])
        self.join = nn.Conv2d(width, width, 3, padding=1)
        self.tail = nn.Conv2d(width, 3 * SCALE**2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, enabled=False):
            shallow = self.head((LEVELS * x).contiguous(memory_format=torch.channels_last))  # (N, width, H, W)
        deep = shallow + self.join(self.body(shallow))
        with torch.autocast(x.device.type, enabled=False):
            return F.pixel_shuffle(self.tail(deep.float()), SCALE) / LEVELS


PUBLISHED = {  # parts by the names that the authors' files give them
    "conv_1": "head",
    "c1_r": "first",
    "c2_r": "second",
    "c3_r": "third",
    "c5": "mix",
    "esa.conv1": "attend.reduce",
    "esa.conv_f": "attend.near",
    "esa.conv2": "attend.halve",
    "esa.conv3": "attend.far",
    "esa.conv4": "attend.expand",
    "conv_2": "join",
    "upsampler.0": "tail",
}


def rename_published(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Give the authors' weights the names of this module; its own stay as they are."""
    renamed = {}
    for name, tensor in tensors.items():
        part, _, rest = name.partition(".")
        if part.startswith("block_"):  # block_1.esa.conv1.weight
            name = f"body.{int(part.removeprefix('block_')) - 1}.{rest}"
        for theirs, ours in PUBLISHED.items():
            name = re.sub(rf"(^|\.){re.escape(theirs)}\.", rf"\1{ours}.", name)
        renamed[name] = tensor
    return renamed
