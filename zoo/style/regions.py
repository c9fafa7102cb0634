"""Maps of flat colours that say what is painted like what: semantic style transfer, doodles into paintings.

The idea is Champandard's (2016, https://arxiv.org/abs/1603.01768). He matches patches with the map's colours appended;
here every colour is a region with a texture of its own (guided Gram matrices, Gatys et al. 2017,
https://arxiv.org/abs/1611.07865), which is simpler and faster where the maps have few colours.
"""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, ImageColor
from torch import Tensor

from zoo.errors import BadInput
from zoo.images.tensors import to_picture, to_tensor

MOST_REGIONS = 8
LONGEST_SIDE = 512  # maps are read at most at this size
FLAT = 24  # of 0..255: what a region's pixels may differ by
FLAT_SHARE = 0.9  # of a map; the rest may be blur between colours
SAME_COLOR = 32  # two colours of a map nearer than this (of 0..255, straight through RGB) are one
LEAST_SHARE = 0.005  # of a map; a colour with less in both is a speck
NO_SHARE = 0.001  # of a map; with less it does not have the colour


def regions_of(maps: tuple[Image.Image, Image.Image]) -> tuple[Tensor, Tensor]:
    """Give the regions of both maps, (R, H, W) each, 1 inside and 0 outside, in the same order of colours.

    Colours need not be exact: a pixel belongs to the nearest one. Raises BadInput where there are too many of them, and
    where one is in a single map only.
    """
    pixels = [_pixels(picture) for picture in maps]  # (H, W, 3) each
    colors = _palette([color for image in pixels for color in _colors(image)])
    nearest = [_nearest(image, colors) for image in pixels]  # (H, W), a colour's number
    _check_shared(
        colors, [_shares(numbers, image, len(colors)) for numbers, image in zip(nearest, pixels, strict=True)]
    )
    one, other = (torch.from_numpy(numbers == np.arange(len(colors))[:, None, None]).float() for numbers in nearest)
    return one, other


def in_colors_of(artwork: Image.Image, regions: tuple[Tensor, Tensor], size: tuple[int, int]) -> Image.Image:
    """Paint the doodle as a picture: every region in the mean colour that it has in the artwork."""
    inside, places = regions
    art = torch.nn.functional.interpolate(to_tensor(artwork), inside.shape[1:], mode="area")[0]  # (3, H, W)
    means = torch.einsum("rhw,chw->rc", inside, art) / inside.sum((1, 2))[:, None]
    return to_picture(torch.einsum("rhw,rc->chw", places, means)[None]).resize(size, Image.Resampling.NEAREST)


def _pixels(picture: Image.Image) -> np.ndarray:
    scale = min(1.0, LONGEST_SIDE / max(picture.size))
    shape = [max(1, round(side * scale)) for side in picture.size]
    return np.asarray(to_picture(to_tensor(picture)).resize(shape, Image.Resampling.NEAREST), dtype=np.float32)


def _nearest(image: np.ndarray, colors: np.ndarray) -> np.ndarray:
    far = np.linalg.norm(image[:, :, None] - colors, axis=3)  # (H, W, R)
    if (far.min(2) <= FLAT).mean() < FLAT_SHARE:
        raise BadInput("a map is not painted flat; give every region one colour, and no light and shade")
    return far.argmin(2)


def _colors(image: np.ndarray) -> list[np.ndarray]:
    """Give the colours that a map has enough of, the most frequent first; nearly equal ones count together."""
    flat = image[_flat(image)]  # (N, 3)
    _, bins, counts = np.unique(flat // 32, axis=0, return_inverse=True, return_counts=True)
    frequent = [number for number in np.argsort(-counts) if counts[number] >= LEAST_SHARE * image[..., 0].size]
    return [flat[bins.ravel() == number].mean(0) for number in frequent]


def _flat(image: np.ndarray) -> np.ndarray:
    """Tell where a map is flat, (H, W): it changes little to the right and below, as it does where two colours blur."""
    right = np.abs(np.diff(image, axis=1, append=image[:, -1:])).max(2)
    below = np.abs(np.diff(image, axis=0, append=image[-1:])).max(2)
    return np.maximum(right, below) <= FLAT


def _shares(numbers: np.ndarray, image: np.ndarray, colors: int) -> np.ndarray:
    """Measure how much of a map is flatly of each colour."""
    return np.bincount(numbers[_flat(image)], minlength=colors) / numbers.size


def _palette(colors: Sequence[np.ndarray]) -> np.ndarray:
    """Give the colours (R, 3) that are left when those near an earlier one are dropped."""
    kept: list[np.ndarray] = []
    for color in colors:
        if all(np.linalg.norm(color - other) >= SAME_COLOR for other in kept):
            kept.append(color)
    if len(kept) > MOST_REGIONS:
        raise BadInput(f"the maps have {len(kept)} colours; paint them flat, in at most {MOST_REGIONS}")
    if not kept:
        raise BadInput("the maps have no flat parts; give every region one colour")
    return np.stack(kept)


def _check_shared(colors: np.ndarray, shares: Sequence[np.ndarray]) -> None:
    has = [share >= NO_SHARE for share in shares]
    for whose, lone in (("artwork", has[0] & ~has[1]), ("picture", has[1] & ~has[0])):
        if lone.any():
            names = " and ".join(map(_name, colors[lone]))
            raise BadInput(f"only the map of the {whose} has {names}; use the same colours in both maps")


def _name(color: np.ndarray) -> str:
    """Name a colour as a person and as a paint program calls it."""
    code = "#" + "".join(f"{round(float(value)):02x}" for value in color)
    names = ImageColor.colormap
    return f"{min(names, key=lambda name: np.linalg.norm(np.array(ImageColor.getrgb(name)) - color))} ({code})"
