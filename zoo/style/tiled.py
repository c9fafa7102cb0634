"""The style network on pictures of any size: tiles side by side that share every normalisation.

Normalised by itself, each tile would get another tint, and the moments of a reduced copy or of a sample of tiles were
seen to be too far from those of the whole. So all tiles go from one normalisation to the next together, and each is
normalised with the moments of them all: the result is that of the whole picture but for rounding.
"""

from collections.abc import Generator

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from zoo.images.tensors import to_picture
from zoo.images.tiles import Tile, crop_to_core, expand, tile_grid
from zoo.nets.style_network import SMALLEST_SIDE, STRIDE, Moments, StyleNetwork, moments_of
from zoo.precision import autocast
from zoo.progress import Progress

TILE = 1280  # pixels; the larger, the less is done twice, and the more memory the convolutions take


def paint(network: StyleNetwork, image: Tensor, style: Tensor, *, tile: int = TILE) -> Generator[Progress[Image.Image]]:
    """Repaint an image tensor (1, 3, H, W) of any size in a style, a vector, into a picture.

    There is a step for each tile at each layer.
    """
    height, width = image.shape[2:]
    image = _padded(image)
    cores = tile_grid(*image.shape[2:], size=tile, align=STRIDE)
    windows = [expand(core, network.receptive_field, *image.shape[2:]) for core in cores]
    tiles = [network.enter(window.cut(image)) for window in windows]
    total, done = len(tiles) * (len(network.layers) + 1), 0
    for layer, scale, shift in network.styled_layers(style):
        found = []
        for activations, window, core in zip(tiles, windows, cores, strict=True):
            yield Progress(done, total)
            with torch.inference_mode(), autocast(image.device):
                activations.convolve(layer)
                found.append(moments_of(crop_to_core(activations.now, window, core)))
            done += 1
        moments = _pooled(found, cores)
        for activations in tiles:
            with torch.inference_mode():
                activations.finish(layer, moments, scale, shift)
    canvas = Image.new("RGB", (image.shape[3], image.shape[2]))
    while tiles:  # emptied one by one, so that their memory is free
        window, core = windows[len(windows) - len(tiles)], cores[len(cores) - len(tiles)]
        yield Progress(done, total)
        with torch.inference_mode(), autocast(image.device):
            painted = crop_to_core(network.leave(tiles.pop(0)), window, core)
        canvas.paste(to_picture(painted), (core.left, core.top))
        done += 1
    yield Progress(total, total, result=canvas.crop((0, 0, width, height)))


def _pooled(moments: list[Moments], cores: list[Tile]) -> Moments:
    """Give the moments of the whole, from those of its parts."""
    areas = torch.tensor([core.height * core.width for core in cores], dtype=torch.float32)
    shares = (areas / areas.sum()).to(moments[0][0].device)[:, None]
    mean, square = (torch.cat(column).mul(shares).sum(0, keepdim=True) for column in zip(*moments, strict=True))
    return mean, square


def _padded(image: Tensor) -> Tensor:
    """Enlarge the image below and to the right to what the network takes."""
    height, width = image.shape[2:]
    tall, wide = (max(SMALLEST_SIDE, -(-side // STRIDE) * STRIDE) for side in (height, width))
    if (tall, wide) == (height, width):
        return image
    return F.pad(image, (0, wide - width, 0, tall - height), mode="replicate")
