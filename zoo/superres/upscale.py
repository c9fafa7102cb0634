"""Enlargement of pictures of any size, tile by tile, to an exact size."""

from collections.abc import Generator
from functools import partial
from typing import Any

from PIL import Image

from zoo.catalog import entry
from zoo.errors import BadInput, BadPicture, Missing
from zoo.hub import is_here, pull
from zoo.images.decode import LARGEST_RESULT
from zoo.images.sixteen_bit import SixteenBitPicture, merge_channels
from zoo.images.tensors import metadata_of, raw_tensor, to_picture
from zoo.images.tiles import run_tiled
from zoo.loading import Upscaler
from zoo.nets.residual_upscaler import SCALE
from zoo.progress import Progress
from zoo.superres.channels import enlarge_channels, is_grey, margin_for
from zoo.superres.input_quality import InputQuality, measure_quality, share_for_photos
from zoo.superres.networks import AUTOMATIC, network_for
from zoo.superres.self_ensemble import SelfEnsemble
from zoo.superres.streaming_resize import StreamingResize

SCALES = (2, 3, 4, 8)
DEFAULT_TILE = 192
LARGEST_WHOLE = 1024  # pixels a side: what a network that wants no tiles gets at once
LARGEST_SCALE = 16  # of a width that is asked for
BAND = 256  # rows of the result that are rounded at once


def upscale(
    picture: Image.Image,
    *,
    key: str = AUTOMATIC,
    detail: float | None = None,
    scale: int | None = None,
    width: int | None = None,
    tile: int | None = None,
    self_ensemble: bool = False,
    quality: InputQuality | None = None,
    device: str = "cpu",
) -> Generator[Progress[Image.Image]]:
    """Enlarge a picture, to exactly SCALE times its width and height unless asked otherwise, a step for each tile.

    `key` and `detail` choose the network, see `network_for`; `scale` is one of SCALES, `width` an exact number of
    pixels instead; `self_ensemble` takes eight times as long and is truer; `quality` is that of the
    picture where it has been measured. Grey stays grey, 16 bits stay 16; transparency is enlarged apart; profile, EXIF,
    resolution and rights are kept. Beside the result it holds little more than a row of tiles. Raises BadInput for a
    setting out of range, and what loading does.
    """
    size = enlarged_size(picture.size, scale=scale, width=width)
    photo_share = share_for_photos(quality or measure_quality(picture)) if key == AUTOMATIC else 0.0
    network = network_for(key, detail, device, photo_share)
    network = SelfEnsemble(network) if self_ensemble else network
    tile = tile_for(network) if tile is None else tile
    if scale != max(SCALES):
        yield from _enlarge(picture, network, size, tile, device)
        return
    done, half = 0, picture  # in two passes: the detail of the second is at the scale of the result
    for step in _enlarge(picture, network, (2 * picture.width, 2 * picture.height), tile, device):
        done, half = step.total, step.result or half
        if step.result is None:
            yield Progress(step.done, 5 * step.total)  # the second has four times the pixels
    for step in _enlarge(half, network, size, tile, device):
        yield Progress(done + step.done, done + step.total, result=step.result)


def fetch_and_upscale(
    picture: Image.Image,
    *,
    key: str = AUTOMATIC,
    may_fetch: bool = False,
    **how: Any,
) -> Generator[Progress[Image.Image]]:
    """Enlarge as `upscale` does, after fetching the model where it is not here; raises Missing where it may not be."""
    model = None if key == AUTOMATIC else entry(key)  # what it chooses from is bundled
    if model and not is_here(model):
        if not may_fetch:
            raise Missing(f"{model.title} is not on this server; choose another model")
        yield Progress(0, 1, note=f"getting {model.title}")
        pull(model)
    yield from upscale(picture, key=key, **how)


def enlarged_size(size: tuple[int, int], *, scale: int | None = None, width: int | None = None) -> tuple[int, int]:
    """Give the size of the result for a picture's size; raises BadInput or BadPicture where it cannot be had."""
    if scale is not None and width is not None:
        raise BadInput("a scale and a width were asked for; give one of them")
    if scale is not None and scale not in SCALES:
        raise BadInput(f"a scale of {scale} cannot be; choose one of {', '.join(map(str, SCALES))}")
    most = size[0] * LARGEST_SCALE
    if width is not None and not 1 <= width <= most:
        raise BadPicture(f"a width of {width} pixels cannot be made of {size[0]}; choose 1 to {most}")
    factor = scale or SCALE
    wanted = (
        (factor * size[0], factor * size[1]) if width is None else (width, max(1, round(size[1] * width / size[0])))
    )
    if wanted[0] * wanted[1] > LARGEST_RESULT:
        millions = f"{wanted[0] * wanted[1] / 1e6:.0f} million pixels, the limit is {LARGEST_RESULT / 1e6:g}"
        raise BadPicture(f"the result would have {millions}; choose a smaller width or scale")
    return wanted


def tile_for(network: Upscaler) -> int:
    """Give the tile in which a network is run: as large as may be where it goes by the whole picture."""
    return LARGEST_WHOLE if getattr(network, "wants_whole", False) else DEFAULT_TILE


def _enlarge(
    picture: Image.Image, network: Upscaler, size: tuple[int, int], tile: int, device: str
) -> Generator[Progress[Image.Image]]:
    """Enlarge by the network's scale, in tiles, resized on the way where another size is wanted."""
    image = raw_tensor(picture)
    if is_grey(image):
        image = image[:, -2:] if image.shape[1] == 4 else image[:, :1]  # one colour, and transparency
    canvas = StreamingResize((SCALE * picture.width, SCALE * picture.height), size)
    work = partial(enlarge_channels, network=network, device=device)
    margin = margin_for(network, image.shape[1])
    sixteen_bit = image.dtype.itemsize == 2
    for done, total, rows in run_tiled(work, image, scale=SCALE, tile=tile, margin=margin):
        if rows is not None:
            for band in rows.split(BAND, dim=2):  # to hold no second copy of them
                canvas.write_rows(to_picture(band, sixteen_bit=sixteen_bit))
            rows = band = None
        if done < total:
            yield Progress(done, total)
    result = _in_colour(canvas.picture, picture)
    result.info = metadata_of(picture)
    yield Progress(total, total, result=result)


def _in_colour(result: Image.Image, source: Image.Image) -> Image.Image:
    """Convert the result to the mode of its source: what is grey in all three colours was enlarged as one."""
    if result.mode == source.mode or source.mode not in ("RGB", "RGBA"):
        return result
    if not isinstance(source, SixteenBitPicture):
        return result.convert(source.mode)
    grey, *alpha = result.channels() if isinstance(result, SixteenBitPicture) else [result]
    return merge_channels([grey, grey, grey, *alpha])
