"""Photos to train on, and what a training published."""

import json
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.torch import load_file


def make_photos(folder: Path, count: int, size: tuple[int, int] = (72, 80), names: list[str] | None = None) -> Path:
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for number in range(count):
        coarse = Image.fromarray(random.integers(0, 256, (6, 6, 3), dtype=np.uint8))
        name = names[number] if names else f"photo{number}"
        coarse.resize(size, Image.Resampling.BICUBIC).save(folder / f"{name}.png")
    return folder


def published(folder: Path, key: str) -> dict[str, float]:
    """The metrics of a published model, once its file is known to be whole and finite."""
    assert all(tensor.isfinite().all() for tensor in load_file(folder / f"{key}.safetensors").values())
    return json.loads((folder / "manifest.json").read_text())[key]["metrics"]
