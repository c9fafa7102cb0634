"""VGG-19's convolutions (Simonyan and Zisserman 2014, https://arxiv.org/abs/1409.1556), to learn from and to judge by.

Read from a safetensors file with torchvision's names and Caffe's weights. The classifier is left out.
"""

import json
from collections.abc import Collection
from contextlib import nullcontext
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from torch import Tensor, nn

CAFFE_MEAN = (103.939, 116.779, 123.68)  # BGR, 0..255
VGG19_BLOCKS = ((64, 2), (128, 2), (256, 4), (512, 4), (512, 4))


class VGG19(nn.Module):
    """VGG-19's activations by name, with Caffe's weights and input (Simonyan and Zisserman 2014).

    ``conv1_1`` is a convolution's answer before its ReLU, ``relu1_1`` after it.
    """

    def __init__(self, file: Path) -> None:
        super().__init__()
        tensors = dequantised(file)
        self.convolutions = nn.ParameterDict()
        self.mean: Tensor
        self.register_buffer("mean", torch.tensor(CAFFE_MEAN)[:, None, None])
        index = 0
        for block, (_, depth) in enumerate(VGG19_BLOCKS, 1):
            for layer in range(1, depth + 1):
                for part in ("weight", "bias"):
                    value = tensors[f"features.{index}.{part}"]
                    if part == "weight":
                        value = value.contiguous(memory_format=torch.channels_last)
                    self.convolutions[f"{block}_{layer}_{part}"] = nn.Parameter(value, requires_grad=False)
                index += 2
            index += 1  # the pooling between blocks

    def forward(self, images: Tensor, names: Collection[str]) -> dict[str, Tensor]:
        """Activations of RGB images in 0..1, (N, 3, H, W), as far as the deepest name asked for."""
        h = self.prepared(images)
        found: dict[str, Tensor] = {}
        for block, (_, depth) in enumerate(VGG19_BLOCKS, 1):
            for layer in range(1, depth + 1):
                h = self.convolve(h, f"{block}_{layer}")
                for name in (f"conv{block}_{layer}", f"relu{block}_{layer}"):
                    if name.startswith("relu"):
                        h = torch.relu(h)
                    if name in names:
                        found[name] = h
                if len(found) == len(names):
                    return found
            h = F.max_pool2d(h, 2)
        raise KeyError(f"VGG-19 has no layers {sorted(set(names) - set(found))}")

    def prepared(self, images: Tensor) -> Tensor:
        """Prepare what the first convolution takes."""
        return (images.flip(1) * 255 - self.mean).contiguous(memory_format=torch.channels_last)

    def convolve(self, h: Tensor, place: str) -> Tensor:
        """Give the answer of one convolution, such as ``3_2``, before its ReLU."""
        weight, bias = self.convolutions[f"{place}_weight"], self.convolutions[f"{place}_bias"]
        first = place == "1_1"  # 0..255 does not fit bfloat16
        with torch.autocast(h.device.type, enabled=False) if first else nullcontext():
            return F.conv2d(h, weight, bias, padding=1)


def dequantised(file: Path) -> dict[str, Tensor]:
    """Tensors of a safetensors file; 8-bit ones are ``q * scale + min`` with both numbers in the metadata."""
    tensors = {}
    with safe_open(file, "pt") as stored:
        notes = stored.metadata() or {}
        for name in stored.keys():  # noqa: SIM118 - not a dict
            tensor = stored.get_tensor(name)
            if tensor.dtype == torch.uint8:
                note = json.loads(notes[name])
                tensor = tensor.float() * note["scale"] + note["min"]
            tensors[name] = tensor
    return tensors
