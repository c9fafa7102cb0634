"""Pictures saved whole or not at all, with their colour profiles and EXIF, and the picture files of a folder."""

import os
from pathlib import Path

import numpy as np
from PIL import Image

from zoo.errors import BadInput, IrisError
from zoo.files import PICTURE_FORMATS, written_beside
from zoo.images.tensors import alpha_of

SAVE_OPTIONS = {
    "JPEG": {"quality": 95, "subsampling": "4:4:4"},
    "WEBP": {"quality": 95},
}
LONGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383, "GIF": 65_535}  # what the formats can hold
LONGEST_JPEG_EXIF = 65_527


def check_savable(path: str | Path) -> str:
    """The format that a file name asks for; raises BadInput where its ending or its folder is not there."""
    path = Path(path)
    if os.path.isdir(path):  # unlike Path.is_dir, no error for an impossible name
        raise BadInput(f"{path} is a folder; name a file in it")
    if path.suffix.lower() not in PICTURE_FORMATS:
        raise BadInput(f"cannot tell the format of {path.name or path}; end the name in {', '.join(PICTURE_FORMATS)}")
    if not path.parent.is_dir():
        raise BadInput(f"there is no folder {path.parent} to save {path.name} in; make it first")
    return PICTURE_FORMATS[path.suffix.lower()]


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
    try:
        with written_beside(path) as part, part.open("xb") as file:
            ready.save(file, form, **settings)
    except OSError as error:
        raise IrisError(f"cannot save {path} ({error.strerror or error}); save it elsewhere") from error


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
