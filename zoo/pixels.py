"""Pictures and tensors: reading (see decoding), turning one into the other, alpha, colour profiles and saving."""

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from zoo.decoding import MAX_BYTES, MAX_PIXELS, open_picture
from zoo.errors import BadInput, IrisError

__all__ = [
    "MAX_BYTES", "MAX_PIXELS", "alpha_of", "carried", "check_savable", "like", "open_picture", "pictures_in", "samples",
    "save_picture", "to_picture", "to_tensor", "with_alpha",
]  # fmt: skip

ENDINGS = {
    ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".gif": "GIF", ".tif": "TIFF", ".tiff": "TIFF",
    ".bmp": "BMP",
}  # fmt: skip
SAVE_OPTIONS = {
    "JPEG": {"quality": 95, "subsampling": "4:4:4"},
    "WEBP": {"quality": 95},
}
LONGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383, "GIF": 65_535}  # what the formats can hold
LONGEST_JPEG_EXIF = 65_527


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


def check_savable(path: str | Path) -> str:
    """The format that a file name asks for; raises BadInput where its ending or its folder is not there."""
    path = Path(path)
    if os.path.isdir(path):  # unlike Path.is_dir, no error for an impossible name
        raise BadInput(f"{path} is a folder; name a file in it")
    if path.suffix.lower() not in ENDINGS:
        raise BadInput(f"cannot tell the format of {path.name or path}; end the name in {', '.join(ENDINGS)}")
    if not path.parent.is_dir():
        raise BadInput(f"there is no folder {path.parent} to save {path.name} in; make it first")
    return ENDINGS[path.suffix.lower()]


def save_picture(picture: Image.Image, path: str | Path, **options: object) -> None:
    """Save a picture whole or not at all, with its colour profile and EXIF, in the format of the name's ending.

    `options` go to Pillow. JPEG and BMP get transparency on white. Raises BadInput where the name or the format cannot
    take the picture, IrisError where the disk cannot.
    """
    path, form = Path(path), check_savable(path)
    if max(picture.size) > LONGEST_SIDE.get(form, max(picture.size)):
        size = f"{picture.width} x {picture.height}"
        raise BadInput(f"{path.name}: {form} cannot hold {size} pixels; save as .png or .tif")
    ready = _ready_for(form, picture)
    settings = _remarks(form, picture) | SAVE_OPTIONS.get(form, {}) | options
    part = path.with_name(f".{uuid4().hex}.part")
    try:
        with part.open("xb") as file:
            ready.save(file, form, **settings)
        os.replace(part, path)
    except OSError as error:
        raise IrisError(f"cannot save {path} ({error.strerror or error}); save it elsewhere") from error
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def pictures_in(folder: str | Path) -> list[Path]:
    """The picture files of a folder by their endings, in order of name; raises BadInput where there are none."""
    folder = Path(folder)
    if not folder.is_dir():
        raise BadInput(f"there is no folder {folder}; check the name")
    found = sorted(
        path for path in folder.iterdir()
        if path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file()
    )  # fmt: skip
    if not found:
        raise BadInput(f"there is no picture in {folder}; their names end in {', '.join(ENDINGS)}")
    return found


def _ready_for(form: str, picture: Image.Image) -> Image.Image:
    if picture.mode == "I;16" and form not in ("PNG", "TIFF"):
        picture = Image.fromarray(np.rint(np.array(picture) / 257).astype(np.uint8))
    alpha = alpha_of(picture)
    if alpha is None or form not in ("JPEG", "BMP"):
        return picture
    opaque = picture.convert(picture.mode.removesuffix("A"))
    return Image.composite(opaque, Image.new(opaque.mode, opaque.size, "white"), alpha)


def _remarks(form: str, picture: Image.Image) -> dict[str, bytes]:
    kept = {key: picture.info[key] for key in ("icc_profile", "exif") if picture.info.get(key)}
    if form == "JPEG" and len(kept.get("exif", b"")) > LONGEST_JPEG_EXIF:
        del kept["exif"]
    return kept if form not in ("GIF", "BMP") else {}
