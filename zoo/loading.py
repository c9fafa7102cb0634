"""A model key or a weight file to a ready network: read strictly, once per process and device."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import torch
from torch import Tensor, nn

from zoo.catalog import entry
from zoo.errors import BadInput, Refused, UnknownModel
from zoo.hub import path_of
from zoo.model_entry import ModelEntry, WordVectors
from zoo.third_party import recognise
from zoo.weight_files import UNREADABLE, WeightFile, building_within, read_weights, reason_of

if TYPE_CHECKING:
    from zoo.nets.artwork_network import ArtworkNetwork
    from zoo.nets.picture_encoder import PictureEncoder
    from zoo.nets.slim_features import SlimFeatures
    from zoo.nets.style_network import PaintingsNetwork

INTERPOLATIONS_KEPT = 8
OWN_TENSOR = "body.0.first.weight"  # what of this project's upscalers no other network has
ATTENTION = "body.0.attend.expand.weight"  # and of those with local features no residual one

Network = TypeVar("Network", bound=nn.Module)
Builder = Callable[[Mapping[str, str]], nn.Module]  # from the metadata of a weight file


def _builder(
    module: str, name: str, arguments: Callable[[Mapping[str, str]], dict[str, Any]] = lambda _: {}
) -> Builder:
    """Make what builds a network of `zoo.nets`, whose module is imported only then: few jobs need more than one."""
    return lambda metadata: getattr(import_module(f"zoo.nets.{module}"), name)(**arguments(metadata))


def _width_and_blocks(metadata: Mapping[str, str]) -> dict[str, Any]:
    return {"width": int(metadata["width"]), "blocks": int(metadata["blocks"])}


# What builds the network that a catalog entry names.
BUILDERS: dict[str, Builder] = {
    "EDSR": _builder("edsr", "EDSR"),
    "PictureEncoder": _builder(
        "picture_encoder",
        "PictureEncoder",
        lambda metadata: {
            "dimension": int(metadata["dimension"]),
            "concepts": len(metadata["classes"].split(",")),
            **{name: metadata[name] for name in ("backbone",) if name in metadata},
        },
    ),
    "ResNet50": _builder("backbones", "ImageNetClassifier", lambda _: {"backbone": "backbone.resnet50"}),
    "LocalFeatureUpscaler": _builder("local_feature_upscaler", "LocalFeatureUpscaler", _width_and_blocks),
    "ResidualUpscaler": _builder("residual_upscaler", "ResidualUpscaler", _width_and_blocks),
    "SlimFeatures": _builder("slim_features", "SlimFeatures"),
    "PaintingsNetwork": _builder(
        "style_network", "PaintingsNetwork", lambda metadata: {"styles": metadata["styles"].split(",")}
    ),
    "ArtworkNetwork": _builder("artwork_network", "ArtworkNetwork"),
}


class Upscaler(Protocol):
    """A network that enlarges image tensors (N, 3, H, W) in 0..1 to (N, 3, 4H, 4W), which need not be clamped.

    An output pixel depends on `receptive_field` input pixels to each side.
    """

    @property
    def receptive_field(self) -> int: ...

    def __call__(self, x: Tensor, /) -> Tensor: ...


_ready: dict[tuple[str, str], nn.Module] = {}
_locks: defaultdict[tuple[str, str], Lock] = defaultdict(Lock)  # one a model, so that nobody waits for another's
_locks_lock = Lock()


def load(key: str, device: str | torch.device = "cpu") -> nn.Module:
    """Load the network of a model key: on a device, in float32, read-only, with the file's `metadata`, once.

    Raises UnknownModel, Missing, Refused, or BadInput where the device is not there.
    """
    place = (key, str(device))
    with _locks_lock:
        lock = _locks[place]
    with lock:
        if place not in _ready:
            _ready[place] = _on_device(read_network(entry(key)), device)
        return _ready[place]


def load_upscaler(key: str, device: str | torch.device = "cpu") -> Upscaler:
    """Load a super-resolution network; raises BadInput where the key is of another task, and what `load` raises."""
    if entry(key).task != "sr":
        raise BadInput(f"{key} does not enlarge; choose one whose key begins with sr.")
    return cast(Upscaler, load(key, device))


def load_encoder(key: str, device: str | torch.device = "cpu") -> "PictureEncoder":
    """Load a picture encoder."""
    return cast("PictureEncoder", _of_type(load(key, device), "PictureEncoder"))


def load_paintings(key: str, device: str | torch.device = "cpu") -> "PaintingsNetwork":
    """Load a network that repaints in one pass in the style of paintings that it knows."""
    return cast("PaintingsNetwork", _of_type(load(key, device), "PaintingsNetwork"))


def load_artwork_network(key: str, device: str | torch.device = "cpu") -> "ArtworkNetwork":
    """Load a network that repaints in one pass in the style of any artwork."""
    return cast("ArtworkNetwork", _of_type(load(key, device), "ArtworkNetwork"))


def load_features(key: str, device: str | torch.device = "cpu") -> "SlimFeatures":
    """Load a feature network."""
    return cast("SlimFeatures", _of_type(load(key, device), "SlimFeatures"))


def load_file(path: str | Path, device: str | torch.device = "cpu") -> Upscaler:
    """Load the upscaler that a weight file holds, this project's own or another's, read-only.

    Raises BadInput where the file, what it holds, or the device cannot be used, Refused where it is damaged or
    holds more than weights.
    """
    file = read_weights(Path(path))
    try:
        with building_within(file):
            network = _filled(_own_upscaler(file), file) if OWN_TENSOR in file.tensors else recognise(file)
    except UNREADABLE as error:
        raise Refused(
            f"{file.name} does not fit the network that it looks like ({reason_of(error)}); get it anew"
        ) from (error)
    return cast(Upscaler, _on_device(network.eval().requires_grad_(False), device))


def interpolate_weights(shares: Mapping[str, float], device: str | torch.device = "cpu") -> Upscaler:
    """Interpolate between networks of one shape: each weight the sum of theirs by share; the last few are kept.

    Shares by key, which sum to 1; network interpolation (Wang et al. 2019, https://arxiv.org/abs/1811.10515). A model
    of no share need not be there. Raises BadInput where the networks are of different shapes, and what `load` raises.
    """
    wanted = {key: share for key, share in shares.items() if share}
    if not abs(sum(wanted.values()) - 1) < 1e-6 or min(wanted.values()) < 0:
        raise BadInput(f"the shares of {', '.join(shares)} must be 0 or more and sum to 1")
    networks = tuple(load(key, device) for key in wanted)
    if len({_shape(network) for network in networks}) > 1:
        raise BadInput(f"{' and '.join(wanted)} are networks of different shapes; choose one of them")
    return cast(Upscaler, networks[0] if len(networks) == 1 else _interpolated(networks, tuple(wanted.values())))


@lru_cache(maxsize=INTERPOLATIONS_KEPT)
def _interpolated(networks: tuple[nn.Module, ...], shares: tuple[float, ...]) -> nn.Module:
    states = [network.state_dict() for network in networks]
    mean = {name: sum(share * state[name] for share, state in zip(shares, states, strict=True)) for name in states[0]}
    network = deepcopy(networks[0])
    network.load_state_dict(mean)
    return network


def _shape(network: nn.Module) -> frozenset[tuple[str, torch.Size]]:
    return frozenset((name, tensor.shape) for name, tensor in network.state_dict().items())


def read_network(model: ModelEntry) -> nn.Module:
    """Build a network and fill it from its checked weight file; every tensor must fit."""
    if isinstance(model, WordVectors):
        raise UnknownModel(f"{model.key} are word vectors and no network; use them with python -m embeddings")
    file = read_weights(path_of(model))
    if model.network is None:
        return recognise(file).eval().requires_grad_(False)
    try:
        network = _filled(BUILDERS[model.network](file.metadata), file)
    except (RuntimeError, KeyError, ValueError, AttributeError) as error:
        raise Refused(
            f"{file.name} does not fit the network of {model.key} ({reason_of(error)}); get Iris anew"
        ) from error
    return network.eval().requires_grad_(False)


def _own_upscaler(file: WeightFile) -> nn.Module:
    """Build the network of a file of this project by its metadata, or by its tensors where somebody left that out."""
    network = "LocalFeatureUpscaler" if ATTENTION in file.tensors else "ResidualUpscaler"
    if {"width", "blocks"} <= file.metadata.keys():
        return BUILDERS[network](file.metadata)
    width = len(cast(Tensor, file.tensors["head.weight"]))
    blocks = sum(name.endswith(".first.weight") for name in file.tensors)
    return BUILDERS[network]({"width": str(width), "blocks": str(blocks)})


def _filled(network: Network, file: WeightFile) -> Network:
    """Fill a network with the weights of a file, which DataParallel may have renamed, and with its metadata."""
    tensors = {name.removeprefix("module."): tensor for name, tensor in file.tensors.items()}
    network.load_state_dict(cast(dict[str, Tensor], tensors), strict=True)
    setattr(network, "metadata", file.metadata)  # noqa: B010 - a module says it takes tensors only
    return network


def _of_type(network: nn.Module, kind: str) -> nn.Module:
    """Check that a network is of a class, by its name."""
    if type(network).__name__ != kind:
        raise BadInput(f"a {type(network).__name__} was asked for as {kind}; choose a model of that task")
    return network


def _on_device(network: Network, device: str | torch.device) -> Network:
    try:
        return network.to(device).to(memory_format=torch.channels_last)  # CPUs convolve this faster
    except (RuntimeError, AssertionError) as error:  # torch built without the device asserts
        raise BadInput(f"this machine cannot use device {str(device)!r}; use cpu") from error
