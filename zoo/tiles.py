"""Work on a large image in tiles: split with overlap, run, blend the seams."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
            piece = function(image[..., place.top : place.top + place.height, place.left : place.left + place.width])
        if canvas is None:
            canvas = image.new_zeros(*piece.shape[:2], height * scale, width * scale)
        weight = rows[place.top][:, None] * columns[place.left]  # (scale*h, scale*w)
        _window(canvas, place, scale).add_(piece.to(canvas) * weight.to(canvas))
    yield len(places), len(places), canvas


def _window(canvas: Tensor, place: Tile, scale: int) -> Tensor:
    top, left = place.top * scale, place.left * scale
    return canvas[..., top : top + place.height * scale, left : left + place.width * scale]


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
