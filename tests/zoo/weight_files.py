"""Weights of others as they were published: small networks of spandrel's own classes under the names of those files."""

import re
from io import BytesIO
from pathlib import Path

import torch
from spandrel.architectures.Compact import Compact
from spandrel.architectures.ESRGAN import ESRGAN
from torch import Tensor, nn

Table = dict[str, Tensor]


class Trap:
    """An object whose unpickling would make a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def compact(**shape: int) -> Compact:
    """The network of realesr-general-x4v3, by default a small one."""
    torch.manual_seed(0)
    return Compact(**{"num_feat": 6, "num_conv": 2, "upscale": 4} | shape)


def esrgan(num_filters: int = 4, num_blocks: int = 2, out_nc: int = 3) -> ESRGAN:
    """The network of RealESRGAN_x4plus, by default a small one."""
    torch.manual_seed(0)
    return ESRGAN(num_filters=num_filters, num_blocks=num_blocks, out_nc=out_nc)


def published(network: nn.Module) -> dict[str, Table]:
    """What the file of the Real-ESRGAN authors holds for such a network."""
    if isinstance(network, Compact):
        return {"params": network.state_dict()}
    return {"params_ema": {_new_name(name): tensor for name, tensor in network.state_dict().items()}}


def pickled(table: object) -> bytes:
    """The bytes of a .pth file."""
    file = BytesIO()
    torch.save(table, file)
    return file.getvalue()


def _new_name(name: str) -> str:
    """ESRGAN's first names for layers to those that its authors use since Real-ESRGAN."""
    block = re.fullmatch(r"model\.1\.sub\.(\d+)\.RDB(\d)\.conv(\d)\.0\.(\w+)", name)
    if block:
        return "body.{}.rdb{}.conv{}.{}".format(*block.groups())
    layer, _, kind = name.rpartition(".")
    ends = {"0": "conv_first", "3": "conv_up1", "6": "conv_up2", "8": "conv_hr", "10": "conv_last"}
    return f"{ends.get(layer.removeprefix('model.'), 'conv_body')}.{kind}"
