"""Four-times enlargement of pictures of any size, tile by tile."""

from collections.abc import Iterator

import torch
from PIL import Image
from torch import Tensor

from zoo.loading import load
from zoo.nets.residual_upscaler import SCALE, shrink
from zoo.pixels import alpha_of, like, to_picture, to_tensor, with_alpha
from zoo.steps import Step
from zoo.tiles import run_tiled

DEFAULT_MODEL = "sr.fidelity-x4"
DEFAULT_TILE = 192


def upscale(
    picture: Image.Image, *, key: str = DEFAULT_MODEL, tile: int = DEFAULT_TILE, device: str = "cpu"
) -> Iterator[Step]:
    """Enlarge a picture to exactly four times its width and height, a step for each tile.

    Transparency is enlarged apart; grey stays grey; colour profile and EXIF are carried. Raises BadInput where the
    tile is too small for the network, and whatever ``load`` raises.
    """
    network = load(key, device)
    overlap = min(3 * network.reach, tile // 2)
    result = None
    work = run_tiled(lambda x: network(x.to(device)), to_tensor(picture), scale=SCALE, tile=tile, overlap=overlap)
    for done, total, result in work:
        if result is None:
            yield Step(done, total)
    yield Step(total, total, result=_finished(to_picture(result), picture))


def _finished(large: Image.Image, picture: Image.Image) -> Image.Image:
    alpha = alpha_of(picture)
    if alpha is not None:
        large = with_alpha(large, alpha.resize(large.size, Image.Resampling.BICUBIC))
    return like(large, picture)


def enlarge_bicubic(picture: Image.Image) -> Image.Image:
    """The same picture enlarged four times by bicubic interpolation, for comparison."""
    rgb = to_picture(to_tensor(picture))
    return rgb.resize((SCALE * picture.width, SCALE * picture.height), Image.Resampling.BICUBIC)


def shrink_back_db(small: Image.Image, large: Image.Image) -> float:
    """How true an enlargement is: PSNR in dB between the input and the enlargement shrunk back (bicubic)."""
    with torch.inference_mode():
        difference: Tensor = shrink(to_tensor(large)).clamp(0, 1) - to_tensor(small)
    return -10 * difference.square().mean().clamp_min(1e-10).log10().item()
