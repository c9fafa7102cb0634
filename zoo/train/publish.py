"""Put a trained network among the bundled models: weights as fp16 safetensors and their line in the manifest."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import torch
from safetensors.torch import save
from torch import nn

from zoo.catalog import WEIGHTS
from zoo.files import written_beside

NOTHING: Mapping[str, str] = {}


def publish(
    network: nn.Module,
    key: str,
    metadata: Mapping[str, str] = NOTHING,
    metrics: Mapping[str, float] | None = None,
    *,
    folder: Path = WEIGHTS,
) -> Path:
    """Write KEY.safetensors and its size, hash and metrics into manifest.json; gives the weight file's path.

    `metadata` is what the catalog's builder needs to build the network again.
    """
    data = save({name: _half(tensor) for name, tensor in network.state_dict().items()}, dict(metadata))
    line = {"bytes": len(data), "sha256": sha256(data).hexdigest(), "metrics": dict(metrics or {})}
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / "manifest.json"
    lines = json.loads(manifest.read_text()) if manifest.exists() else {}
    _write(folder / f"{key}.safetensors", data)
    _write(manifest, (json.dumps(dict(sorted((lines | {key: line}).items())), indent=2) + "\n").encode())
    return folder / f"{key}.safetensors"


def _half(tensor: torch.Tensor) -> torch.Tensor:
    """Weights in half precision; whole numbers, such as a batch counter, as they are."""
    half = tensor.detach().to("cpu", torch.float16 if tensor.is_floating_point() else tensor.dtype).contiguous()
    if not half.isfinite().all():
        raise ValueError("a weight is not a number or does not fit half precision")
    return half


def _write(path: Path, data: bytes) -> None:
    with written_beside(path, durable=True) as part:
        part.write_bytes(data)
