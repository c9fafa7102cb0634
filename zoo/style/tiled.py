"""The style network on pictures of any size: tiles side by side that share every normalisation.

Normalised by itself, each tile would get another tint, and the moments of a reduced copy or of a sample of tiles were
seen to be too far from those of the whole. So all tiles are taken from one normalisation to the next together, and each
is sent the moments of them all: the result is that of the whole picture but for rounding.
"""

from collections.abc import Iterator
from itertools import count

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from zoo.images.tensors import to_picture
from zoo.images.tiles import Tile, grown, inner, parts
from zoo.nets.style_network import Moments, StyleNetwork, moments_of
from zoo.progress import Progress

TILE = 1280  # pixels; the larger, the less is done twice, and the more memory the convolutions take
STRIDE = 4
SMALLEST_SIDE = 32


def paint(network: StyleNetwork, image: Tensor, mix: Tensor, *, tile: int = TILE) -> Iterator[Progress]:
    """Repaint an image tensor (1, 3, H, W) of any size into a picture, a step for each tile at each normalisation."""
    height, width = image.shape[2:]
    image = _padded(image)
    cores = parts(*image.shape[2:], size=tile, align=STRIDE)
    windows = [grown(core, network.reach, *image.shape[2:]) for core in cores]
    works = [network.passing(window.cut(image), mix) for window in windows]
    total = len(works) * (network.norms + 1)
    steps, moments = count(), None
    for _ in range(network.norms):
        found = []
        for work, window, core in zip(works, windows, cores, strict=True):
            yield Progress(next(steps), total)
            with torch.inference_mode():
                found.append(moments_of(inner(work.send(moments), window, core)))
        moments = _pooled(found, cores)
    canvas = Image.new("RGB", (image.shape[3], image.shape[2]))
    for work, window, core in zip(works, windows, cores, strict=True):
        yield Progress(next(steps), total)
        with torch.inference_mode():
            painted = inner(work.send(moments), window, core)
        work.close()  # so that its memory is free
        canvas.paste(to_picture(painted), (core.left, core.top))
    yield Progress(total, total, result=canvas.crop((0, 0, width, height)))


def _pooled(moments: list[Moments], cores: list[Tile]) -> Moments:
    """The moments of the whole, from those of its parts."""
    areas = torch.tensor([core.height * core.width for core in cores], dtype=torch.float32)
    shares = (areas / areas.sum()).to(moments[0][0].device)[:, None]
    mean, square = (torch.cat(column).mul(shares).sum(0, keepdim=True) for column in zip(*moments, strict=True))
    return mean, square


def _padded(image: Tensor) -> Tensor:
    """The image enlarged below and to the right to what the network takes."""
    height, width = image.shape[2:]
    tall, wide = (max(SMALLEST_SIDE, -(-side // STRIDE) * STRIDE) for side in (height, width))
    if (tall, wide) == (height, width):
        return image
    return F.pad(image, (0, wide - width, 0, tall - height), mode="replicate")
