"""Four-times enlargement of pictures of any size, tile by tile."""

import os
from collections.abc import Iterator
from functools import lru_cache, partial

from PIL import Image
from torch import Tensor, nn

from zoo.catalog import entry
from zoo.errors import BadInput, BadPicture
from zoo.images.decode import MAX_PIXELS
from zoo.images.tensors import carried, samples, to_picture, to_tensor
from zoo.images.tiles import run_tiled
from zoo.loading import blended, load
from zoo.nets.residual_upscaler import SCALE
from zoo.progress import Progress
from zoo.superres.channels import enlarge_channels, reach_of
from zoo.superres.streaming_resize import Canvas
from zoo.third_party import ENDINGS, load_file

FIDELITY, SHARP, PHOTO = "sr.fidelity-x4", "sr.sharp-x4", "sr.photo-x4"
DEFAULT_MODEL = PHOTO  # best on JPEGs, which most pictures are: zoo/cards/sr.photo-x4.md
DEFAULT_TILE = 192
LARGEST_SCALE = 16  # of a width that is asked for
LARGEST_RESULT = SCALE**2 * MAX_PIXELS  # pixels; a result takes four bytes for each
BAND = 256  # rows of the result that are rounded at once


def upscale(
    picture: Image.Image,
    *,
    key: str | None = None,
    detail: float | None = None,
    width: int | None = None,
    tile: int = DEFAULT_TILE,
    device: str = "cpu",
) -> Iterator[Progress]:
    """Enlarge a picture to exactly four times its width and height, or to an exact width, a step for each tile.

    `key` is a model key or a weight file's path, DEFAULT_MODEL where nothing is said; `detail` blends the true model
    (0) with the sharp one (1) instead.
    Grey stays grey, 16 bits stay 16; transparency is enlarged apart; colour profile and EXIF are carried. Beside the
    result it holds little more than a row of tiles. Raises BadInput for a setting out of range, and what loading does.
    """
    large = SCALE * picture.width, SCALE * picture.height
    size, network = _fitted(large, width), _network(key, detail, device)
    canvas, channels = Canvas(picture.mode, large, size), samples(picture)
    work, margin = partial(enlarge_channels, network=network, device=device), reach_of(network, channels.shape[1])
    for done, total, rows in run_tiled(work, channels, scale=SCALE, tile=tile, margin=margin):
        if rows is not None:
            _paint(canvas, rows)
        if done < total:
            yield Progress(done, total)
    canvas.picture.info = carried(picture)
    yield Progress(total, total, result=canvas.picture)


def _paint(canvas: Canvas, rows: Tensor) -> None:
    """Round finished rows, some at once, onto the canvas; on return nothing holds them any more."""
    for band in rows.split(BAND, dim=2):
        canvas.add(to_picture(band, deep=canvas.picture.mode == "I;16"))


def _fitted(large: tuple[int, int], width: int | None) -> tuple[int, int]:
    """The size of the result; raises BadPicture where the picture cannot have it."""
    most = large[0] // SCALE * LARGEST_SCALE
    if width is not None and not 1 <= width <= most:
        raise BadPicture(f"a width of {width} pixels cannot be made of {large[0] // SCALE}; choose 1 to {most}")
    size = large if width is None else (width, max(1, round(large[1] * width / large[0])))
    if size[0] * size[1] > LARGEST_RESULT:
        millions = f"{size[0] * size[1] / 1e6:.0f} million pixels, the limit is {LARGEST_RESULT / 1e6:g}"
        raise BadPicture(f"the result would have {millions}; choose a smaller width")
    return size


def _network(key: str | None, detail: float | None, device: str) -> nn.Module:
    """The network that a key, a weight file's path or a detail between two models asks for."""
    if detail is not None:
        if not 0 <= detail <= 1:
            raise BadInput(f"a detail of {detail:g} cannot be; choose 0 (true to the picture) to 1 (sharp)")
        if key not in (None, FIDELITY, SHARP):
            raise BadInput(f"detail lies between {FIDELITY} and {SHARP}; leave it out with {key[:80]}")
        return blended({FIDELITY: 1 - detail, SHARP: detail}, device)
    key = key or DEFAULT_MODEL
    if key.lower().endswith(ENDINGS) or os.path.isfile(key):
        return _own_file(os.path.abspath(key), device, os.stat(key).st_mtime_ns if os.path.isfile(key) else 0)
    if entry(key).task != "sr":
        raise BadInput(f"{key} does not enlarge; choose one whose key begins with sr.")
    return load(key, device)


@lru_cache(maxsize=1)
def _own_file(path: str, device: str, changed: int) -> nn.Module:
    """The network of a user's file, kept for the next picture as long as the file stays unchanged."""
    return load_file(path, device)


def enlarge_bicubic(picture: Image.Image) -> Image.Image:
    """The same picture enlarged four times by bicubic interpolation, for comparison."""
    rgb = to_picture(to_tensor(picture))
    return rgb.resize((SCALE * picture.width, SCALE * picture.height), Image.Resampling.BICUBIC)
