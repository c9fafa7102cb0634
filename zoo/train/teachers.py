"""Networks to learn from while training: an ImageNet classifier, an upscaler."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch
from torch import Tensor

from zoo.nets.backbones import DEFAULT_BACKBONE, ImageNetClassifier
from zoo.nets.modulation_upscaler import ModulationUpscaler, from_published
from zoo.nets.vgg19 import dequantised
from zoo.weight_files import holding, read_weights


def read_classifier(file: Path, backbone: str = DEFAULT_BACKBONE) -> ImageNetClassifier:
    """Read an ImageNet network from a published safetensors file, ready to answer."""
    network = ImageNetClassifier(backbone)
    with holding(file, f"the weights of {backbone}"):
        network.load_state_dict(dequantised(file))
    return network.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def read_upscaler(file: Path) -> ModulationUpscaler:
    """SMFANet from a file that its authors published, ready to answer."""
    saved = read_weights(file).tensors
    published = saved.get("params_ema", saved.get("params", saved))
    with holding(file, "SMFANet's weights"):
        network = from_published(cast(Mapping[str, Tensor], published))
    return network.eval().requires_grad_(False).to(memory_format=torch.channels_last)
