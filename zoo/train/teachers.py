"""Networks to learn from while training: VGG-19's convolutions and an ImageNet classifier, read from safetensors."""

from pathlib import Path

from torch import Tensor, nn

from zoo.nets.edge_encoder import FEATURES, EdgeFeatures
from zoo.nets.vgg19 import VGG19, VGG19_BLOCKS, dequantised

__all__ = ["VGG19", "VGG19_BLOCKS", "ImageNetTeacher"]


class ImageNetTeacher(nn.Module):
    """MobileNetEdgeTPU as an ImageNet-1k classifier: pictures (N, 3, H, W) in 0..1 to logits (N, 1000) by wnid."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.body, self.classify = EdgeFeatures(), nn.Linear(FEATURES, 1000)
        tensors = dequantised(file)
        layers = [layer for layer in self.body.modules() if isinstance(layer, nn.Conv2d)]
        for number, layer in enumerate(layers):  # stored in the order in which a picture passes them
            layer.load_state_dict({part: tensors[f"conv.{number}.{part}"] for part in ("weight", "bias")})
        last = f"conv.{len(layers)}"
        weight, bias = tensors[f"{last}.weight"].flatten(1)[1:], tensors[f"{last}.bias"][1:]  # class 0 is background
        self.classify.load_state_dict({"weight": weight, "bias": bias})

    def forward(self, x: Tensor) -> Tensor:
        return self.classify(self.body(x))
