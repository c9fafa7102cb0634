"""What the tests of training share."""

import json
import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from zoo.nets.vgg19 import VGG19_BLOCKS


@pytest.fixture(scope="session")
def vgg_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of VGG-19's keys and shapes in 8 bits, with small random weights."""
    generator = torch.Generator().manual_seed(0)
    tensors, notes, index, before = {}, {}, 0, 3
    for width, depth in VGG19_BLOCKS:
        for _ in range(depth):
            for part, shape in (("weight", (width, before, 3, 3)), ("bias", (width,))):
                name = f"features.{index}.{part}"
                tensors[name] = torch.randint(0, 256, shape, dtype=torch.uint8, generator=generator)
                notes[name] = json.dumps({"scale": 0.0066 / before**0.5, "min": -0.83 / before**0.5})
            index, before = index + 2, width
        index += 1
    path = tmp_path_factory.mktemp("vgg") / "vgg.safetensors"
    save_file(tensors, path, notes)
    return path


@pytest.fixture
def without_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may copy this process: a lock that one of its threads holds would stay locked in the copy for ever."""
    monkeypatch.delattr(os, "fork")
