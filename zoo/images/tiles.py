"""Work on a large image in tiles: cut with a margin, run, blend the seams, give finished rows away."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

import torch
from torch import Tensor

from zoo.errors import BadInput, IrisError

FADE = 4  # pixels to each side of a cut, over which a tile fades into its neighbour
SMALLEST = 4 * FADE
STRIDE = 2  # what a network lays on every second pixel of a window, also mirrored, lies where it would in the whole

Function = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Tile:
    """A rectangle of the input image, in pixels."""

    top: int
    left: int
    height: int
    width: int

    def cut(self, image: Tensor, scale: int = 1) -> Tensor:
        """Crop to the tile an image tensor that is `scale` times larger than the image."""
        top, left = self.top * scale, self.left * scale
        return image[..., top : top + self.height * scale, left : left + self.width * scale]


def tile_grid(height: int, width: int, *, size: int | tuple[int, int], align: int = 1) -> list[Tile]:
    """Cut an image into tiles that neither overlap nor are larger than `size`, about equal, their edges at multiples.

    `size` is of both sides, or (height, width); it and the image's sides are multiples of `align`.
    """
    tall, wide = (size, size) if isinstance(size, int) else size
    rows, columns = (
        [align * (side // align * place // pieces) for place in range(pieces + 1)]
        for side, pieces in ((height, ceil(height / tall)), (width, ceil(width / wide)))
    )
    return [
        Tile(top, left, bottom - top, right - left)
        for top, bottom in pairwise(rows)
        for left, right in pairwise(columns)
    ]


def expand(tile: Tile, margin: int, height: int, width: int, *, align: int = 1) -> Tile:
    """Expand the tile by a margin, as far as the image goes, by a little more for multiples between its edges."""
    before = tile.top, tile.left
    behind = height - tile.top - tile.height, width - tile.left - tile.width
    top, left, bottom, right = (max(space - margin, 0) // align * align for space in (*before, *behind))
    return Tile(top, left, height - top - bottom, width - left - right)


def crop_to_core(x: Tensor, window: Tile, tile: Tile) -> Tensor:
    """Crop to a tile activations (N, C, h, w), at any resolution, of a window that holds the tile."""
    (height, width), (tall, wide) = x.shape[2:], (window.height, window.width)
    top, left = tile.top - window.top, tile.left - window.left
    rows = slice(top * height // tall, (top + tile.height) * height // tall)
    return x[..., rows, left * width // wide : (left + tile.width) * width // wide]


def run_tiled(
    function: Function, image: Tensor, *, scale: int, tile: int, margin: int
) -> Generator[tuple[int, int, Tensor | None]]:
    """Apply `function` tile by tile, yielding (tiles done, tiles, rows): first (0, tiles, None), then after each tile.

    `function` takes (N, C, h, w) to (N, D, scale*h, scale*w). With the last tile of a row come those rows of the result
    (N, D, h, scale*W) that are finished, from the top, each once, so that little more than a row of tiles is held.
    Tiled equals untiled where no output pixel depends on input farther away than `margin`. A narrow image is cut into
    longer tiles of as many pixels, and a tile that does not fit in the memory into quarters. Raises BadInput for a
    tile too small to be blended, IrisError where the memory does not hold even that.
    """
    if tile < SMALLEST:
        raise BadInput(f"tiles of {tile} pixels are too small to be blended; choose {SMALLEST} or more")
    height, width = image.shape[-2:]
    sides = max(tile, tile * tile // max(width, SMALLEST)), max(tile, tile * tile // max(height, SMALLEST))
    yield from _run_tiles(function, image, scale, sides, margin)


def _run_tiles(
    function: Function, image: Tensor, scale: int, sides: tuple[int, int], margin: int
) -> Iterator[tuple[int, int, Tensor | None]]:
    """Do the same in tiles of at most this height and width."""
    height, width = image.shape[-2:]
    places, zone = tile_grid(height, width, size=sides), 2 * FADE * scale
    strip = above = rows = None
    yield 0, len(places), None
    for done, place in enumerate(places, 1):
        window = expand(place, FADE + margin, height, width, align=STRIDE)
        seen = expand(place, FADE, height, width)
        with torch.inference_mode():
            piece = crop_to_core(_run_within_memory(function, window.cut(image), scale, margin), window, seen)
            strip = _beside(strip, piece, scale * seen.left, scale * width, zone)
            if place.left + place.width == width:
                last = place.top + place.height == height
                rows, above = _cut_loose(above, strip, zone, last=last)
                strip = None
        yield done, len(places), rows
        rows = None


def _run_within_memory(function: Function, x: Tensor, scale: int, margin: int) -> Tensor:
    """Run a function on (N, C, h, w), in tiles of half its sides where the memory does not hold the whole."""
    longest = max(x.shape[2:])
    try:
        return function(x)
    except (MemoryError, RuntimeError) as error:
        if not _is_out_of_memory(error):
            raise
        if longest // 2 < SMALLEST or longest // 2 <= 2 * (FADE + margin):
            raise IrisError(f"the memory does not hold {longest} pixels a side; close other programs") from error
    # only here, so that the failed attempt's activations are free
    steps = _run_tiles(function, x, scale, (longest // 2, longest // 2), margin)
    return torch.cat([rows for _, _, rows in steps if rows is not None], 2)


def _is_out_of_memory(error: Exception) -> bool:
    """Tell whether it means what torch says in three ways: of GPUs, of its own allocator, of the system's."""
    return isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate memory" in str(error)


def _beside(strip: Tensor | None, piece: Tensor, left: int, width: int, zone: int) -> Tensor:
    """Add a tile to a row of tiles, so far from the left, fading into what is there already."""
    if piece.shape[3] == width:
        return piece
    if strip is None:
        strip = piece.new_empty(*piece.shape[:3], width)
    else:
        _fade(strip.narrow(3, left, zone), piece, 3)
    strip[..., left : left + piece.shape[3]] = piece
    return strip


def _cut_loose(above: Tensor | None, strip: Tensor, zone: int, *, last: bool) -> tuple[Tensor, Tensor | None]:
    """Split a row of tiles under the end of the row above into finished rows and the end that the next fades into."""
    if above is not None:
        _fade(above, strip, 2)
    return (strip, None) if last else (strip[:, :, :-zone], strip[:, :, -zone:].clone())


def _fade(before: Tensor, after: Tensor, dim: int) -> None:
    """Let the beginning of `after` along a dimension come out of `before`, which lies where it begins, linearly."""
    zone = before.shape[dim]
    share = (torch.arange(zone, device=after.device, dtype=after.dtype) + 0.5) / zone
    beginning = after.narrow(dim, 0, zone)
    beginning.copy_(before.lerp(beginning, share.view(-1, *[1] * (3 - dim))))
