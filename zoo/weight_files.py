"""Weight files by path, the one place where they are read: as safetensors, or unpickled as weights and nothing else."""

import re
import struct
import warnings
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from threading import get_ident
from zipfile import BadZipFile, ZipFile

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from zoo.errors import BadInput, Refused

ENDINGS = (".pth", ".pt", ".safetensors")
MAX_BYTES = 512 * 2**20
SPARE = 2**20  # numbers that a network may have beside those of its file
UNREADABLE = (  # what torch, safetensors and spandrel raise for files that are not what they seem
    SafetensorError, UnpicklingError, RuntimeError, EOFError, OSError, ValueError, LookupError, AttributeError,
    TypeError, AssertionError, struct.error,
)  # fmt: skip


@dataclass(frozen=True)
class WeightFile:
    """What a weight file holds: tensors by name (files of others nest them), and the metadata of safetensors."""

    name: str
    tensors: Mapping[str, object]
    metadata: Mapping[str, str]


def read_weights(path: Path) -> WeightFile:
    """Read a weight file into memory, without running code that it may hold.

    Raises BadInput where there is no such file or it is too large, Refused where it is damaged, holds more than
    weights, or weights that are no finite numbers.
    """
    _check_file(path)
    _check_entries(path)
    try:
        tensors, metadata = _read_safetensors(path) if path.suffix.lower() == ENDINGS[2] else (unpickle(path), {})
    except UNREADABLE as error:
        code = re.search(r"(?:GLOBAL|class) ([\w.]+)", str(error))
        seen = f"it asks for {code[1]}, which is code" if code else "it is cut short or something else"
        raise Refused(f"{path.name} is no file of weights: {seen}; get it anew, best as safetensors") from error
    if not isinstance(tensors, dict) or not all(isinstance(name, str) for name in tensors):
        raise Refused(f"{path.name} holds no weights by name; save a network's state, not the network")
    _check_tensors(path.name, tensors)
    return WeightFile(path.name, tensors, metadata)


def unpickle(path: Path) -> object:
    """Unpickle tensors and plain data of a file; any other class in it is an UnpicklingError."""
    with warnings.catch_warnings():  # remarks on how a file was pickled; what matters becomes an error
        warnings.simplefilter("ignore")
        return torch.load(path, map_location="cpu", weights_only=True)


@contextmanager
def building_within(file: WeightFile) -> Generator[None]:
    """Build networks of at most some more numbers than a weight file holds; a larger one is a ValueError.

    Names alone can ask for any size: this ends it at the first parameter that is too many, before it is filled.
    """
    most = 2 * sum(tensor.numel() for tensor in _all_tensors(file.tensors)) + SPARE
    thread, built = get_ident(), 0

    def count(module: nn.Module, name: str, parameter: nn.Parameter | None) -> None:
        nonlocal built
        if get_ident() == thread and parameter is not None:
            built += parameter.numel()
            if built > most:
                raise ValueError("its names ask for far more weights than it holds")

    hook = register_module_parameter_registration_hook(count)
    try:
        yield
    finally:
        hook.remove()


@contextmanager
def holding(file: Path, what: str) -> Generator[None]:
    """Raise BadInput where a file turns out not to hold what it is read for."""
    try:
        yield
    except UNREADABLE as error:
        raise BadInput(f"{file} does not hold {what} ({reason_of(error)}); give a file that does") from error


def reason_of(error: Exception) -> str:
    """Shorten what a library says of an error to part of a sentence."""
    lines = str(error).strip().splitlines()
    return lines[0][:120] if lines else type(error).__name__


def _check_file(path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise BadInput(f"{path.name} is no weight file by its name; give one that ends in {', '.join(ENDINGS)}")
    if not path.is_file():
        raise BadInput(f"there is no file {path}; check the name")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise BadInput(f"{path.name} has {size / 2**20:.0f} MB, at most {MAX_BYTES / 2**20:.0f} are read; give another")


def _check_entries(path: Path) -> None:
    """Raise Refused where a zip, as torch writes it without shrinking, unpacks to more than it is."""
    try:
        with ZipFile(path) as entries:
            unpacked = sum(entry.file_size for entry in entries.infolist())
    except (BadZipFile, *UNREADABLE):  # of the older form, or damaged
        return
    if unpacked > path.stat().st_size:
        raise Refused(f"{path.name} unpacks to more than it is, which no file of weights does; get it from elsewhere")


def _read_safetensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    with safe_open(path, "pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118


def _check_tensors(name: str, tensors: Mapping[str, object]) -> None:
    """Refuse what is not finite, and one number said over and over: a small file would fill the memory."""
    for tensor in _all_tensors(tensors):
        if tensor.nbytes > tensor.untyped_storage().nbytes():
            raise Refused(f"{name} has weights that are larger than what it holds; get it from elsewhere")
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise Refused(f"{name} has weights that are no numbers (NaN or infinite); get it anew")


def _all_tensors(tensors: Mapping[str, object]) -> Iterator[Tensor]:
    for value in tensors.values():
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, dict):
            yield from _all_tensors(value)
