"""Work on a large image in tiles: split with overlap, run, blend the seams."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import torch
from torch import Tensor

from zoo.errors import BadInput


@dataclass(frozen=True)
class Tile:
    """A rectangle of the input image, in pixels."""

    top: int
    left: int
    height: int
    width: int

    def cut(self, image: Tensor, scale: int = 1) -> Tensor:
        """What of an image tensor lies in the tile, where the tensor is so many times larger than the image."""
        top, left = self.top * scale, self.left * scale
        return image[..., top : top + self.height * scale, left : left + self.width * scale]


def parts(height: int, width: int, *, size: int, align: int = 1) -> list[Tile]:
    """Cut an image into tiles that neither overlap nor are larger than `size`, about equal, their edges at multiples.

    Sides and `size` are multiples of `align`.
    """
    rows, columns = (
        [align * (side // align * place // pieces) for place in range(pieces + 1)]
        for side, pieces in ((height, ceil(height / size)), (width, ceil(width / size)))
    )
    return [
        Tile(top, left, bottom - top, right - left)
        for top, bottom in pairwise(rows)
        for left, right in pairwise(columns)
    ]


def grown(tile: Tile, margin: int, height: int, width: int) -> Tile:
    """The tile with a margin around it, as far as the image goes."""
    top, left = max(tile.top - margin, 0), max(tile.left - margin, 0)
    bottom, right = min(tile.top + tile.height + margin, height), min(tile.left + tile.width + margin, width)
    return Tile(top, left, bottom - top, right - left)


def inner(x: Tensor, window: Tile, tile: Tile) -> Tensor:
    """What lies in a tile, of activations (N, C, h, w) at any resolution over a window that holds the tile."""
    (height, width), (tall, wide) = x.shape[2:], (window.height, window.width)
    top, left = tile.top - window.top, tile.left - window.left
    rows = slice(top * height // tall, (top + tile.height) * height // tall)
    return x[..., rows, left * width // wide : (left + tile.width) * width // wide]


def tiles(height: int, width: int, *, tile: int, overlap: int) -> list[Tile]:
    """Cover an image row by row with tiles of one size that overlap their neighbours by at least `overlap` pixels.

    Sides shorter than a tile get a tile as short as they are. Raises BadInput where tile is not above overlap.
    """
    if not 0 <= overlap < tile:
        raise BadInput(f"tiles of {tile} pixels cannot overlap by {overlap}; choose a tile above {max(overlap, 0)}")
    tall, wide = min(tile, height), min(tile, width)
    return [
        Tile(top, left, tall, wide) for top in _starts(height, tile, overlap) for left in _starts(width, tile, overlap)
    ]


def run_tiled(
    function: Callable[[Tensor], Tensor], image: Tensor, *, scale: int, tile: int, overlap: int
) -> Iterator[tuple[int, int, Tensor | None]]:
    """Apply `function` tile by tile, yielding (done, total, None) and at the end (total, total, result).

    `function` takes (N, C, h, w) to (N, D, scale*h, scale*w) on any device; the result lies where `image` does. Tiled
    equals untiled where no output pixel depends on input farther away than a third of the overlap.
    """
    height, width = image.shape[-2:]
    places = tiles(height, width, tile=tile, overlap=overlap)
    rows = _weights(height * scale, min(tile, height) * scale, _starts(height, tile, overlap), scale, overlap)
    columns = _weights(width * scale, min(tile, width) * scale, _starts(width, tile, overlap), scale, overlap)
    canvas = None
    for done, place in enumerate(places):
        yield done, len(places), None
        with torch.inference_mode():
            piece = function(place.cut(image))
        if canvas is None:
            canvas = image.new_zeros(*piece.shape[:2], height * scale, width * scale)
        weight = rows[place.top][:, None] * columns[place.left]  # (scale*h, scale*w)
        place.cut(canvas, scale).add_(piece.to(canvas) * weight.to(canvas))
    yield len(places), len(places), canvas


def _starts(length: int, tile: int, overlap: int) -> list[int]:
    """Where tiles begin along one side, spread evenly so that the last one ends with the image."""
    if length <= tile:
        return [0]
    count = ceil((length - overlap) / (tile - overlap))
    return [index * (length - tile) // (count - 1) for index in range(count)]


def _weights(length: int, tile: int, starts: list[int], scale: int, overlap: int) -> dict[int, Tensor]:
    """The share of each tile along one side of the output, by its start; at every pixel the shares sum to one.

    The outer third of an overlap is thrown away because it saw the tile's edge, the middle third is a linear ramp.
    """
    margin = scale * (overlap // 3)
    ramp = max(scale * overlap - 2 * margin, 1)
    inside = torch.arange(tile, dtype=torch.float32) + 0.5
    total, shares = torch.zeros(length), {}
    for start in starts:
        left = torch.ones(tile) if start == 0 else ((inside - margin) / ramp).clamp(0, 1)
        right = torch.ones(tile) if start == starts[-1] else ((tile - inside - margin) / ramp).clamp(0, 1)
        shares[start] = left * right
        total[start * scale : start * scale + tile] += shares[start]
    return {start: share / total[start * scale : start * scale + tile] for start, share in shares.items()}
