"""Pictures to tensors and back, transparency, and what a picture says of itself."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor


def to_tensor(picture: Image.Image) -> Tensor:
    """An RGB image tensor (1, 3, H, W), 0..1; grey is repeated, 16 bits keep their depth, alpha is dropped."""
    if picture.mode == "I;16":
        grey = torch.from_numpy(np.array(picture, dtype=np.float32) / 65535)  # (H, W)
        return grey.expand(1, 3, -1, -1).contiguous()
    rgb = torch.from_numpy(np.array(picture.convert("RGB")))  # (H, W, 3)
    return rgb.permute(2, 0, 1)[None].to(torch.float32, memory_format=torch.contiguous_format).div_(255)


def samples(picture: Image.Image) -> Tensor:
    """The samples of a picture as they are: (1, C, H, W), uint8, or uint16 of I;16; C is 1, 2, 3 or 4 by its mode."""
    array = np.array(picture)  # (H, W) or (H, W, C)
    return torch.from_numpy(array.reshape(*array.shape[:2], -1)).permute(2, 0, 1)[None]


def to_picture(image: Tensor, *, deep: bool = False) -> Image.Image:
    """The picture of an image tensor (1, C, H, W); values outside 0..1 are clipped.

    C is 1 for L, or I;16 where it is to be `deep`, 2 for LA, 3 for RGB, 4 for RGBA.
    """
    most, kind = (65535, torch.uint16) if deep else (255, torch.uint8)
    rows = image.detach()[0].permute(1, 2, 0)  # (H, W, C)
    whole = torch.empty(rows.shape, dtype=kind)
    for band, place in zip(rows.split(256), whole.split(256), strict=True):  # to hold no second copy in float
        place.copy_(band.clamp(0, 1).mul_(most).round_())
    return Image.fromarray(whole.squeeze(2).numpy())


def alpha_of(picture: Image.Image) -> Image.Image | None:
    """The transparency of a picture as an L picture (255 is opaque), or None where it has none."""
    return picture.getchannel("A") if picture.mode in ("LA", "RGBA") else None


def with_alpha(picture: Image.Image, alpha: Image.Image) -> Image.Image:
    """A copy of the picture with this transparency, which must have its size."""
    transparent = picture.copy()
    transparent.putalpha(alpha)
    return transparent


def like(result: Image.Image, source: Image.Image) -> Image.Image:
    """A result in the way of its source: grey stays grey, the colour profile and EXIF are carried over."""
    way = result.copy()
    if source.mode in ("L", "LA", "I;16"):
        way = result.convert("LA" if result.mode in ("LA", "RGBA") else "L")
    way.info = carried(source)
    return way


def carried(source: Image.Image) -> dict[str, bytes]:
    """What a picture says of itself that holds for results made of it: colour profile and EXIF."""
    return {key: source.info[key] for key in ("icc_profile", "exif") if key in source.info}
