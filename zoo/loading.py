"""A model key to a ready network: read strictly, once per process and device, never unpickling freely."""

from collections import defaultdict
from pathlib import Path
from pickle import UnpicklingError
from threading import Lock

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from zoo.catalog import ModelEntry, entry
from zoo.errors import BadInput, WeightsRefused
from zoo.files import weights_path

_ready: dict[tuple[str, str], nn.Module] = {}
_locks: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)  # one a model, so that nobody waits for another's
_locks_lock = Lock()


def load(key: str, device: str | torch.device = "cpu") -> nn.Module:
    """The network of a model key on a device, in float32, read-only, with the file's `metadata` as an attribute.

    Raises UnknownModel, WeightsMissing, WeightsRefused, or BadInput where the device is not there.
    """
    place = (key, str(device))
    with _locks_lock:
        lock = _locks[place]
    with lock:
        if place not in _ready:
            _ready[place] = _moved(read_network(entry(key)), str(device))
        return _ready[place]


def read_network(model: ModelEntry) -> nn.Module:
    """Build a network and fill it from its checked weight file; every tensor must fit."""
    path = weights_path(model)
    try:
        metadata, tensors = _read(path)
        network = model.builder(metadata)
        network.load_state_dict(tensors, strict=True)
    except (SafetensorError, UnpicklingError, RuntimeError, KeyError, ValueError) as error:
        reason = str(error).splitlines()[0][:120]
        raise WeightsRefused(
            f"{path.name} does not fit the network of {model.key} ({reason}); get Iris anew"
        ) from error
    network.metadata = metadata
    return network.eval().requires_grad_(False)


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    if path.suffix != ".safetensors":
        return {}, torch.load(path, map_location="cpu", weights_only=True)
    with safe_open(path, "pt") as file:
        return file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def _moved(network: nn.Module, device: str) -> nn.Module:
    try:
        return network.to(device)
    except (RuntimeError, AssertionError) as error:  # torch built without the device asserts
        raise BadInput(f"this machine cannot use device {device!r}; use cpu") from error
