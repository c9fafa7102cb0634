"""ImageNet networks that an encoder can start from, and how the files that others published fit into them.

All have their batch normalisation folded into the convolutions, as it stands in networks that only answer.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import Tensor, nn

from zoo.nets.edge_encoder import EdgeFeatures
from zoo.nets.layers import Backbone
from zoo.nets.mobilenet_v2 import MobileNetV2Features
from zoo.nets.resnet50 import ResNet50Features

CLASSES = 1000
PARTS = ("weight", "bias")
NORM_PARTS = ("weight", "bias", "running_mean", "running_var")
EPSILON = 1e-5  # of the batch normalisation of both networks that have one
BODIES: Mapping[str, Callable[[], Backbone]] = MappingProxyType(
    {
        "backbone.edgetpu": EdgeFeatures,
        "backbone.mobilenet-v2": MobileNetV2Features,
        "backbone.resnet50": ResNet50Features,
    }
)
DEFAULT_BACKBONE = "backbone.edgetpu"


def body_of(backbone: str) -> Backbone:
    """Make a backbone with random weights; raises KeyError for an unknown one."""
    return BODIES[backbone]()


class ImageNetClassifier(nn.Module):
    """A backbone as ImageNet-1k classifier: pictures (N, 3, H, W) in 0..1 to logits (N, 1000), by wnid in order.

    Its weights load under its own names and under those of published files.
    """

    def __init__(self, backbone: str = DEFAULT_BACKBONE) -> None:
        super().__init__()
        self.body = body_of(backbone)
        self.classify = nn.Linear(self.body.width, CLASSES)
        self.register_load_state_dict_pre_hook(_take_published)

    def forward(self, x: Tensor) -> Tensor:
        return self.classify(self.body(x))


def _take_published(network: ImageNetClassifier, tensors: dict[str, Tensor], *_: object) -> None:
    """Give published tensors the network's own names; what does not fit is left for the strict check to refuse."""
    if "classify.weight" in tensors:
        return
    *layers, (weight, bias) = _layers(tensors)
    if bias is None:
        return
    names = [name for name, layer in network.body.named_modules() if isinstance(layer, nn.Conv2d)]
    tensors.clear()
    tensors["classify.weight"] = weight.flatten(1)[-CLASSES:]  # some know a class 0, background
    tensors["classify.bias"] = bias[-CLASSES:]
    for number, pair in enumerate(layers):
        name = names[number] if number < len(names) else f"surplus.{number}"
        tensors |= {f"body.{name}.{part}": value for part, value in zip(PARTS, pair, strict=True) if value is not None}


def _layers(tensors: Mapping[str, Tensor]) -> list[tuple[Tensor, Tensor | None]]:
    """Weight and bias of each layer in the order in which a picture passes them, the classifier last.

    That is the order of names with their numbers read as such; the k-th normalisation follows the k-th convolution.
    """
    names = sorted({name.rpartition(".")[0] for name in tensors}, key=_by_number)
    norms = [name for name in names if f"{name}.running_var" in tensors]
    layers = [name for name in names if name not in norms]
    layers.sort(key=lambda name: tensors[f"{name}.weight"].dim() == 2)  # a linear layer is the classifier
    found: list[tuple[Tensor, Tensor | None]] = [
        (tensors[f"{name}.weight"], tensors.get(f"{name}.bias")) for name in layers
    ]
    for number, norm in enumerate(norms):
        found[number] = _folded(found[number][0], {part: tensors[f"{norm}.{part}"] for part in NORM_PARTS})
    return found


def _folded(weight: Tensor, norm: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Fold a convolution without bias and the normalisation after it into one convolution."""
    scale = norm["weight"] / (norm["running_var"] + EPSILON).sqrt()
    return weight * scale[:, None, None, None], norm["bias"] - norm["running_mean"] * scale


def _by_number(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
