"""A model key to a ready network: read strictly, once per process and device, never unpickling freely."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from pickle import UnpicklingError
from threading import Lock

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from zoo.catalog import ModelEntry, WordVectors, entry
from zoo.errors import BadInput, Refused, UnknownModel
from zoo.hub import path_of
from zoo.nets.backbones import DEFAULT_BACKBONE, ImageNetClassifier
from zoo.nets.edsr import EDSR
from zoo.nets.picture_encoder import PictureEncoder
from zoo.nets.residual_upscaler import ResidualUpscaler
from zoo.nets.slim_features import SlimFeatures
from zoo.nets.style_network import StyleNetwork
from zoo.third_party import load_file

KEPT_BLENDS = 4

# What builds the network that a catalog entry names, from the metadata of its weight file.
BUILDERS: dict[str, Callable[[Mapping[str, str]], nn.Module]] = {
    "EDSR": lambda metadata: EDSR(),
    "PictureEncoder": lambda metadata: PictureEncoder(
        int(metadata["dimension"]),
        len(metadata["classes"].split(",")),
        backbone=metadata.get("backbone", DEFAULT_BACKBONE),
    ),
    "ResNet50": lambda metadata: ImageNetClassifier("backbone.resnet50"),
    "ResidualUpscaler": lambda metadata: ResidualUpscaler(int(metadata["width"]), int(metadata["blocks"])),
    "SlimFeatures": lambda metadata: SlimFeatures(),
    "StyleNetwork": lambda metadata: StyleNetwork(metadata["styles"].split(",")),
}

_ready: dict[tuple[str, str], nn.Module] = {}
_locks: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)  # one a model, so that nobody waits for another's
_locks_lock = Lock()


def load(key: str, device: str | torch.device = "cpu") -> nn.Module:
    """The network of a model key on a device, in float32, read-only, with the file's `metadata` as an attribute.

    Raises UnknownModel, Missing, Refused, or BadInput where the device is not there.
    """
    place = (key, str(device))
    with _locks_lock:
        lock = _locks[place]
    with lock:
        if place not in _ready:
            _ready[place] = _moved(read_network(entry(key)), str(device))
        return _ready[place]


def blended(shares: Mapping[str, float], device: str | torch.device = "cpu") -> nn.Module:
    """The network between several of one shape: each weight the sum of theirs by share; the last few are kept.

    Shares by key, which sum to 1; network interpolation (Wang et al. 2019, https://arxiv.org/abs/1811.10515). A model
    of no share need not be there. Raises BadInput where the networks are of different shapes, and what `load` raises.
    """
    wanted = {key: share for key, share in shares.items() if share}
    if not abs(sum(wanted.values()) - 1) < 1e-6 or min(wanted.values()) < 0:
        raise BadInput(f"the shares of {', '.join(shares)} must be 0 or more and sum to 1")
    networks = tuple(load(key, device) for key in wanted)
    if len({_shape(network) for network in networks}) > 1:
        raise BadInput(f"{' and '.join(wanted)} are networks of different shapes; choose one of them")
    return networks[0] if len(networks) == 1 else _blend(networks, tuple(wanted.values()))


@lru_cache(maxsize=KEPT_BLENDS)
def _blend(networks: tuple[nn.Module, ...], shares: tuple[float, ...]) -> nn.Module:
    states = [network.state_dict() for network in networks]
    mean = {name: sum(share * state[name] for share, state in zip(shares, states, strict=True)) for name in states[0]}
    blend = deepcopy(networks[0])
    blend.load_state_dict(mean)
    return blend


def _shape(network: nn.Module) -> frozenset[tuple[str, torch.Size]]:
    return frozenset((name, tensor.shape) for name, tensor in network.state_dict().items())


def read_network(model: ModelEntry) -> nn.Module:
    """Build a network and fill it from its checked weight file; every tensor must fit."""
    if isinstance(model, WordVectors):
        raise UnknownModel(f"{model.key} are word vectors and no network; use them with python -m embeddings")
    path = path_of(model)
    if model.network is None:
        return load_file(path)
    try:
        metadata, tensors = _read(path)
        network = BUILDERS[model.network](metadata)
        network.load_state_dict(tensors, strict=True)
    except (SafetensorError, UnpicklingError, RuntimeError, KeyError, ValueError, AttributeError) as error:
        reason = str(error).splitlines()[0][:120]
        raise Refused(f"{path.name} does not fit the network of {model.key} ({reason}); get Iris anew") from error
    network.metadata = metadata
    return network.eval().requires_grad_(False)


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    if path.suffix != ".safetensors":
        saved = torch.load(path, map_location="cpu", weights_only=True)
        return {}, {name.removeprefix("module."): tensor for name, tensor in saved.items()}  # as DataParallel names it
    with safe_open(path, "pt") as file:
        return file.metadata() or {}, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


def _moved(network: nn.Module, device: str) -> nn.Module:
    try:
        return network.to(device, memory_format=torch.channels_last)  # CPUs convolve this faster
    except (RuntimeError, AssertionError) as error:  # torch built without the device asserts
        raise BadInput(f"this machine cannot use device {device!r}; use cpu") from error
