"""Networks that judge pictures by their features: the picture encoder, which is bundled, and VGG-19 from a file."""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from torch import Tensor

from zoo.errors import BadInput
from zoo.loading import load_encoder
from zoo.nets.edge_encoder import EdgeFeatures
from zoo.nets.vgg19 import VGG19
from zoo.weight_files import holding

FeatureExtractor = Callable[[Tensor], Sequence[Tensor]]  # images (N, 3, H, W) to activations of some layers

ENCODER = "devise.nouns"
VGG_LAYERS = ("relu1_2", "relu2_2", "relu3_4", "relu4_4", "relu5_4")


def encoder_features(images: Tensor) -> list[Tensor]:
    """Give the picture encoder's activations, the last of each resolution, which no super-resolution learnt from."""
    body = load_encoder(ENCODER).body
    if not isinstance(body, EdgeFeatures):
        raise BadInput(f"{ENCODER} is of another backbone; judge by --vgg FILE")
    found = [body.stem_project(torch.relu(body.stem(2 * images - 1)))]
    for block in body.bottlenecks():
        h = block(found[-1])
        found = found[:-1] if h.shape[2:] == found[-1].shape[2:] else found
        found.append(h)
    return found


def vgg_features(vgg: VGG19) -> FeatureExtractor:
    """VGG-19's last activations of each block, as a judge."""

    def judge(images: Tensor) -> list[Tensor]:
        found = vgg(images, VGG_LAYERS)
        return [found[name] for name in VGG_LAYERS]

    return judge


def read_vgg(file: Path) -> VGG19:
    """Read the judge of a file; raises BadInput where it holds another network."""
    with holding(file, "VGG-19's convolutions as safetensors"):
        return VGG19(file)
