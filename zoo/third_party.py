"""Super-resolution networks from weight files by path, recognised by spandrel and read without running code.

Of spandrel only the recognition of architectures is used: its own reader takes TorchScript, which is code.
"""

import re
import struct
import warnings
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file as load_safetensors
from torch import Tensor, nn

from zoo.errors import BadInput, Refused
from zoo.nets.residual_upscaler import SCALE, ResidualUpscaler

if TYPE_CHECKING:
    from spandrel import ModelDescriptor

ENDINGS = (".pth", ".pt", ".safetensors")
MAX_BYTES = 512 * 2**20
# A third more than the 10 px by which Real-ESRGAN's authors pad their tiles, and two 8 px windows of the attention
# networks. Deep networks depend on more (each 3x3 convolution adds a pixel), but hardly: their blocks are residual.
REACH = 16
OWN = "body.0.first.weight"  # what of this project's networks no other has
UNREADABLE = (  # what torch and spandrel raise for files that are not what they seem
    SafetensorError, UnpicklingError, RuntimeError, EOFError, OSError, ValueError, LookupError, AttributeError,
    TypeError, AssertionError, struct.error,
)  # fmt: skip


class ForeignUpscaler(nn.Module):
    """A network of others: image tensors (N, 3, H, W) in 0..1 to (N, 3, 4H, 4W), clamped, of any size.

    What the network wants of a size is met by padding; one for grey pictures gets each colour by itself. `reach` is
    how many input pixels to each side tiles need to share.
    """

    reach = REACH

    def __init__(self, described: "ModelDescriptor") -> None:
        super().__init__()
        self.network = described.model
        self.metadata = {"architecture": described.architecture.name}
        self._described = described  # no module: it runs the network above, with padding

    def forward(self, x: Tensor) -> Tensor:
        if self._described.input_channels == 3:
            return self._described(x)
        large = self._described(x.flatten(0, 1)[:, None])  # (3N, 1, 4H, 4W)
        return large.unflatten(0, (-1, 3)).squeeze(2)


def load_file(path: str | Path, device: str | torch.device = "cpu") -> nn.Module:
    """The network that a weight file holds, this project's own or another's, ready and read-only, on a device.

    Raises BadInput where the file, what it holds, or the device cannot be used, Refused where it is damaged or
    holds more than weights.
    """
    path = Path(path)
    network = _recognised(path.name, read_tensors(path))
    try:
        return network.to(device).eval().requires_grad_(False)
    except (RuntimeError, AssertionError) as error:  # torch built without the device asserts
        raise BadInput(f"this machine cannot use device {str(device)!r}; use cpu") from error


def read_tensors(path: Path) -> Mapping[str, object]:
    """What a weight file holds, by name: as safetensors, or unpickled as weights only."""
    if path.suffix.lower() not in ENDINGS:
        raise BadInput(f"{path.name} is no weight file by its name; give one that ends in {', '.join(ENDINGS)}")
    if not path.is_file():
        raise BadInput(f"there is no file {path}; check the name")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise BadInput(f"{path.name} has {size / 2**20:.0f} MB, at most {MAX_BYTES / 2**20:.0f} are read; give another")
    try:
        saved = _read(path)
    except UNREADABLE as error:
        code = re.search(r"(?:GLOBAL|class) ([\w.]+)", str(error))
        seen = f"it asks for {code[1]}, which is code" if code else "it is cut short or something else"
        raise Refused(f"{path.name} is no file of weights: {seen}; get it anew, best as safetensors") from error
    if not isinstance(saved, dict) or not all(isinstance(name, str) for name in saved):
        raise Refused(f"{path.name} holds no weights by name; save a network's state, not the network")
    return saved


def _read(path: Path) -> object:
    if path.suffix.lower() == ".safetensors":
        return load_safetensors(path)
    with warnings.catch_warnings():  # remarks on how a file was pickled; what matters becomes an error
        warnings.simplefilter("ignore")
        return torch.load(path, map_location="cpu", weights_only=True)


def _recognised(name: str, saved: Mapping[str, object]) -> nn.Module:
    try:
        _check_sizes(name, saved)
        return _own(saved) if OWN in saved else _described(name, saved)
    except UNREADABLE as error:
        reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        raise Refused(f"{name} does not fit the network that it looks like ({reason}); get it anew") from error


def _check_sizes(name: str, saved: Mapping[str, object]) -> None:
    """Refuse tensors that say one number over and over: a small file would make a network that fills the memory."""
    for tensor in saved.values():
        if isinstance(tensor, dict):
            _check_sizes(name, tensor)
        elif isinstance(tensor, Tensor) and tensor.nbytes > tensor.untyped_storage().nbytes():
            raise Refused(f"{name} has weights that are larger than what it holds; get it from elsewhere")


def _own(saved: Mapping[str, Tensor]) -> ResidualUpscaler:
    blocks = sum(name.endswith(".first.weight") for name in saved)
    network = ResidualUpscaler(saved["head.weight"].shape[0], blocks)
    network.load_state_dict(saved)
    return network


def _described(name: str, saved: Mapping[str, object]) -> ForeignUpscaler:
    from spandrel import MAIN_REGISTRY, UnsupportedModelError  # takes seconds to import

    try:
        described = MAIN_REGISTRY.load(dict(saved))
    except UnsupportedModelError:
        raise BadInput(f"{name} holds no network that spandrel knows; see https://chainner.app/spandrel") from None
    known = described.architecture.name
    if described.purpose != "SR":
        raise BadInput(f"{name} is {known} for {described.purpose}, not for enlarging; give a super-resolution network")
    if described.scale != SCALE:
        raise BadInput(f"{name} is {known} and enlarges {described.scale} times; give one that enlarges {SCALE} times")
    channels = described.input_channels, described.output_channels
    if channels not in ((3, 3), (1, 1)):
        raise BadInput(f"{name} is {known} from {channels[0]} to {channels[1]} channels; give one from RGB to RGB")
    return ForeignUpscaler(described)
