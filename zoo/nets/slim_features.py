"""A slim feature network, distilled from VGG-19, for perceptual losses on a CPU.

The layout is VGG's (Simonyan and Zisserman 2014), but every convolution goes through few channels: 3x3 to its rank,
then 1x1 to VGG's width, as Zhang et al. 2016 (https://arxiv.org/abs/1505.06798) decompose a trained network. So it has
activations of VGG's own width at a sixth of the work. A network with fewer channels behind each ReLU was fooled by the
optimiser: it took pictures for painted that VGG-19 found worse than the photo.
"""

from collections.abc import Collection

import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTHS = (64, 128, 256, 512, 512)
RANKS = {
    "1_2": 24, "2_1": 32, "2_2": 48, "3_1": 64, "3_2": 80, "3_3": 80, "3_4": 80,
    "4_1": 112, "4_2": 112, "4_3": 112, "4_4": 96, "5_1": 96,
}  # fmt: skip
LAYERS = ("relu1_1", "relu2_1", "relu2_2", "relu3_1", "relu3_3", "relu4_1", "relu4_3", "relu5_1")
POOLINGS = {"max": F.max_pool2d, "average": F.avg_pool2d}
MEAN = (0.485, 0.458, 0.408)  # RGB of ImageNet's pictures: what lies outside of a picture


class SlimFeatures(nn.Module):
    """VGG-19's activations ``relu1_1`` ... ``relu5_1``, each layer levelled, of RGB images (N, 3, H, W) in 0..1.

    The sides are 16 px or more. Training used "max" pooling.
    """

    def __init__(self) -> None:
        super().__init__()
        self.mean: Tensor
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.convolutions = nn.ModuleDict({"1_1": nn.Conv2d(3, WIDTHS[0], 3, padding=1)})
        before = WIDTHS[0]
        for place, rank in RANKS.items():
            width = WIDTHS[int(place[0]) - 1]
            self.convolutions[place] = nn.Sequential(
                nn.Conv2d(before, rank, 3, padding=1, bias=False), nn.Conv2d(rank, width, 1)
            )
            before = width

    def forward(self, images: Tensor, names: Collection[str], pooling: str = "max") -> dict[str, Tensor]:
        """Compute the named activations, as far as the deepest one asked for; `pooling` is a key of POOLINGS.

        Gatys et al. 2015 found that "average" paints a little more evenly.
        """
        h = self.prepared(images)
        found: dict[str, Tensor] = {}
        for place, convolution in self.convolutions.items():
            if place.endswith("_1") and place != "1_1":
                h = POOLINGS[pooling](h, 2)
            h = F.relu(convolution(h), inplace=True)
            if f"relu{place}" in names:
                found[f"relu{place}"] = h
                if len(found) == len(names):
                    return found
        raise KeyError(f"the slim network has no layers {sorted(set(names) - set(found))}")

    def prepared(self, images: Tensor) -> Tensor:
        """Prepare what the first convolution takes."""
        return (4 * (images - self.mean)).contiguous(memory_format=torch.channels_last)  # faster on a CPU
