"""Pictures to tensors and back, transparency, and what a picture says of itself."""

from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from zoo.errors import Refused
from zoo.images.profiles import fits_mode
from zoo.images.sixteen_bit import SixteenBitPicture

KEPT_INFO = ("icc_profile", "exif", "dpi", "xmp")


def to_tensor(picture: Image.Image) -> Tensor:
    """Convert to an RGB image tensor (1, 3, H, W), 0..1; grey is repeated, alpha is dropped, 16 bits count."""
    if picture.mode == "I;16" or isinstance(picture, SixteenBitPicture):
        image = raw_tensor(picture).to(torch.float32).div_(65535)  # (1, C, H, W)
        return image[:, :3].contiguous() if image.shape[1] >= 3 else image[:, :1].expand(-1, 3, -1, -1).contiguous()
    rgb = torch.from_numpy(np.array(picture.convert("RGB")))  # (H, W, 3)
    return rgb.permute(2, 0, 1)[None].to(torch.float32, memory_format=torch.contiguous_format).div_(255)


def raw_tensor(picture: Image.Image) -> Tensor:
    """Give the samples of a picture as they are: (1, C, H, W), uint8, or uint16 where it has them; C is 1 to 4."""
    array = picture.samples if isinstance(picture, SixteenBitPicture) else np.array(picture)  # (H, W) or (H, W, C)
    return torch.from_numpy(array.reshape(*array.shape[:2], -1)).permute(2, 0, 1)[None]


def to_picture(image: Tensor, *, sixteen_bit: bool = False) -> Image.Image:
    """Convert an image tensor (1, C, H, W) to a picture; values outside 0..1 are clipped.

    C is 1 for L, 2 for LA, 3 for RGB, 4 for RGBA; of 16 bits they are I;16 and SixteenBitPictures. Raises Refused for
    values that are no numbers, which would come as black.
    """
    most, kind = (65535, torch.uint16) if sixteen_bit else (255, torch.uint8)
    rows = image.detach()[0].permute(1, 2, 0)  # (H, W, C)
    whole = torch.empty(rows.shape, dtype=kind)
    for band, place in zip(rows.split(256), whole.split(256), strict=True):  # to hold no second copy in float
        if band.isnan().any():
            raise Refused("the result has values that are no numbers; choose other settings or another model")
        place.copy_(band.clamp(0, 1).mul_(most).round_())
    array = whole.numpy()
    if sixteen_bit and array.shape[2] > 1:
        return SixteenBitPicture(array)
    return Image.fromarray(array.squeeze(2) if array.shape[2] == 1 else array)


def alpha_of(picture: Image.Image) -> Image.Image | None:
    """Give the transparency of a picture as an L picture (255 is opaque), or None where it has none."""
    return picture.getchannel("A") if picture.mode in ("LA", "RGBA") else None


def with_alpha(picture: Image.Image, alpha: Image.Image) -> Image.Image:
    """Copy the picture with this transparency, which must have its size."""
    transparent = picture.copy()
    transparent.putalpha(alpha)
    return transparent


def like(result: Image.Image, source: Image.Image) -> Image.Image:
    """Give a result the form of its source: grey stays grey; profile, EXIF, resolution and rights are kept."""
    way = result.copy()
    if source.mode in ("L", "LA", "I;16"):
        way = result.convert("LA" if result.mode in ("LA", "RGBA") else "L")
    way.info = metadata_of(source, way.mode)
    return way


def metadata_of(source: Image.Image, mode: str | None = None) -> dict[str | tuple[int, int], Any]:  # as Pillow types it
    """Give what a picture says of itself that holds for a result of it, whose mode may be another.

    That is its colour profile where it speaks of the mode's colours, EXIF, resolution and rights.
    """
    kept: dict[str | tuple[int, int], Any] = {key: source.info[key] for key in KEPT_INFO if key in source.info}
    if "icc_profile" in kept and not fits_mode(kept["icc_profile"], mode or source.mode):
        del kept["icc_profile"]
    return kept
