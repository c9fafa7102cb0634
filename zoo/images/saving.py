"""Pictures saved whole or not at all, with what they say of themselves, in the format of the name's ending."""

import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import ExifTags, Image, TiffTags
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from zoo.errors import BadInput, IrisError
from zoo.files import PICTURE_FORMATS, written_beside
from zoo.images.sixteen_bit import SixteenBitPicture, write_png
from zoo.images.tensors import alpha_of, metadata_of

SAVE_OPTIONS = {
    "JPEG": {"quality": 95, "subsampling": "4:4:4"},
    "WEBP": {"quality": 95},
    "AVIF": {"quality": 90, "subsampling": "4:4:4"},
}
LONGEST_SIDE = {"JPEG": 65_500, "WEBP": 16_383, "GIF": 65_535, "AVIF": 65_536}  # what the formats can hold
LONGEST_JPEG_EXIF = 65_527
XMP_TAG, XMP_CHUNK = 700, "XML:com.adobe.xmp"  # of TIFF and PNG
RESOLUTION_UNIT = "INCH"
CLASSIC_TIFF = 42
RESERVED_TAG = ExifTags.IFD.Exif - 1  # of no meaning; tifffile writes no EXIF
WRITTEN_BY_TIFFFILE = (ExifTags.Base.Software, ExifTags.Base.DateTime)


def check_savable(path: str | Path, size: tuple[int, int] | None = None) -> str:
    """Give the format that a file name asks for, before the work whose result is saved there.

    Raises BadInput where its ending, its folder or its length is wrong, or its format cannot hold a picture of `size`.
    """
    path = Path(path)
    if os.path.isdir(path):  # unlike Path.is_dir, no error for an impossible name
        raise BadInput(f"{path} is a folder; name a file in it")
    if path.suffix.lower() not in PICTURE_FORMATS:
        raise BadInput(f"cannot tell the format of {path.name or path}; end the name in {', '.join(PICTURE_FORMATS)}")
    if not path.parent.is_dir():
        raise BadInput(f"there is no folder {path.parent} to save {path.name} in; make it first")
    try:
        os.path.lexists(path) or os.lstat(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise BadInput(f"cannot save {path} ({error.strerror}); save it elsewhere") from error
    form = PICTURE_FORMATS[path.suffix.lower()]
    if size is not None and max(size) > LONGEST_SIDE.get(form, max(size)):
        raise BadInput(f"{path.name}: {form} cannot hold {size[0]} x {size[1]} pixels; save as .png or .tif")
    return form


def save_picture(picture: Image.Image, path: str | Path, **options: Any) -> None:
    """Save a picture whole or not at all, with its profile, EXIF, resolution and rights.

    `options` go to Pillow. JPEG and BMP get transparency on white; colour of 16 bits stays so in PNG and TIFF. Raises
    BadInput where the name or the format cannot take the picture, IrisError where the disk cannot.
    """
    path = Path(path)
    form = check_savable(path, picture.size)
    write = _writer(form, picture, SAVE_OPTIONS.get(form, {}) | options)
    try:
        with written_beside(path) as part, part.open("x+b") as file:
            write(file)
    except OSError as error:
        raise IrisError(f"cannot save {path} ({error.strerror or error}); save it elsewhere") from error


def _writer(form: str, picture: Image.Image, options: dict[str, Any]) -> Callable[[BinaryIO], None]:
    """Choose what writes the picture into an open file."""
    if isinstance(picture, SixteenBitPicture) and form == "TIFF":
        return lambda file: _write_tiff(picture, file)
    settings = _settings(form, picture, options)
    if isinstance(picture, SixteenBitPicture) and form == "PNG":
        return lambda file: write_png(picture, file, **settings)
    ready = _ready_for(form, picture)
    return lambda file: ready.save(file, form, **settings)


def _ready_for(form: str, picture: Image.Image) -> Image.Image:
    if picture.mode == "I;16" and form not in ("PNG", "TIFF"):
        picture = Image.fromarray(np.rint(np.array(picture) / 257).astype(np.uint8))
    alpha = alpha_of(picture)
    if alpha is None or form not in ("JPEG", "BMP"):
        return picture
    opaque = picture.convert(picture.mode.removesuffix("A"))
    return Image.composite(opaque, Image.new(opaque.mode, opaque.size, "white"), alpha)


def _settings(form: str, picture: Image.Image, options: dict[str, Any]) -> dict[str, Any]:
    """Pillow's options for a format: what the picture says of itself, and what the caller asks for."""
    if form == "GIF":
        return options
    kept = {str(name): value for name, value in metadata_of(picture).items() if form != "BMP" or name == "dpi"}
    if form == "JPEG" and len(kept.get("exif", b"")) > LONGEST_JPEG_EXIF:
        del kept["exif"]
    xmp = kept.pop("xmp", b"")
    if xmp and form == "PNG":
        kept["pnginfo"] = options.get("pnginfo") or PngInfo()
        kept["pnginfo"].add_itxt(XMP_CHUNK, xmp.decode("utf-8", "replace"))
    elif xmp and form == "TIFF":
        kept["exif"] = _exif_with(xmp, kept.get("exif", b""))
    elif xmp:
        kept["xmp"] = xmp
    return options | kept if "pnginfo" in kept else kept | options


def _exif_with(xmp: bytes, exif: bytes) -> Image.Exif:
    """Give the remarks of a TIFF, which keeps XMP among the tags of EXIF."""
    tags = Image.Exif()
    tags.load(exif)
    tags[XMP_TAG] = xmp
    return tags


def _write_tiff(picture: SixteenBitPicture, file: BinaryIO) -> None:
    """Write colour of 16 bits as TIFF, whose own tags are the main part of EXIF; the details follow at the end."""
    import tifffile  # only this needs it

    kept = metadata_of(picture)
    names = {tag: value for tag, value in picture.getexif().items() if isinstance(value, str)}
    tags: list[tuple[int, str, int, Any, bool]] = [(tag, "s", 0, value, True) for tag, value in names.items()]
    if "xmp" in kept:
        tags.append((XMP_TAG, "B", len(kept["xmp"]), kept["xmp"], True))
    options: dict[str, Any] = {"iccprofile": kept.get("icc_profile"), "software": False, "metadata": None}
    if "dpi" in kept:
        options |= {"resolution": kept["dpi"], "resolutionunit": RESOLUTION_UNIT}
    samples = picture.samples if picture.mode != "LA" else picture.samples[..., [0, 0, 0, 1]]  # no reader knows grey
    tags = [tag for tag in tags if tag[0] not in WRITTEN_BY_TIFFFILE]
    extra = ["unassalpha"] if samples.shape[2] == 4 else None
    details = picture.getexif().get_ifd(ExifTags.IFD.Exif)
    if details:
        tags.append((RESERVED_TAG, "I", 1, 0, True))
    tifffile.imwrite(file, samples, byteorder="<", photometric="rgb", extrasamples=extra, extratags=tags, **options)
    if details:
        _append_details(file, details)


def _append_details(file: BinaryIO, details: dict[int, Any]) -> None:
    """Write a directory of EXIF behind a TIFF, and where it lies into the tag that is reserved for it."""
    place = file.seek(0, os.SEEK_END)
    directory = ImageFileDirectory_v2()
    for tag, value in details.items():
        directory[tag] = value
    file.write(directory.tobytes(place))
    file.seek(0)
    magic, first = struct.unpack("<2xHI", file.read(8))
    if magic != CLASSIC_TIFF:  # one of more than 4 GB has longer tags
        return
    file.seek(first)
    (count,) = struct.unpack("<H", file.read(2))
    tags = [struct.unpack("<HHII", file.read(12))[0] for _ in range(count)]
    file.seek(first + 2 + 12 * tags.index(RESERVED_TAG))
    file.write(struct.pack("<HHII", ExifTags.IFD.Exif, TiffTags.LONG, 1, place))
