"""A photo, and a network that alters it strongly."""

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from skimage import data

from zoo.nets.residual_upscaler import ResidualUpscaler


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.fromarray(data.astronaut()).crop((150, 20, 270, 108))  # 120 x 88, a face


@pytest.fixture(scope="module")
def rough(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A weight file of a small network of this project that alters a picture strongly, in any shape it meets."""
    torch.manual_seed(0)
    network = ResidualUpscaler(8, 2)
    torch.nn.init.normal_(network.tail.weight, std=0.05)
    torch.nn.init.constant_(network.get_parameter("tail.bias"), 0.05)
    path = tmp_path_factory.mktemp("own") / "rough.safetensors"
    save_file(network.state_dict(), path)
    return str(path)
