"""Bytes from anywhere to an upright picture: the place where hostile and damaged files stop."""

import struct
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, ImageFile, ImageOps

from zoo.errors import BadPicture
from zoo.images.bounds import TIFF_STARTS, bounded, check_shape, without_costly_exif
from zoo.images.heic import is_heic, open_heic, read_deep_heic
from zoo.images.large_webp import is_large_webp, read_large_webp
from zoo.images.metadata import kept_info
from zoo.images.profiles import fits_mode, in_srgb
from zoo.images.repairs import completed_jpeg, without_text
from zoo.images.sixteen_bit import SixteenBitPicture, is_sixteen_bit, read_samples

MAX_PIXELS = 50_000_000
LARGEST_RESULT = 4**2 * MAX_PIXELS  # pixels of what may be made of a picture; each takes four bytes
MAX_BYTES = 64 * 2**20

READABLE = ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF")  # Pillow reads the multi-picture MPO as JPEG
ADVICE = "save it as PNG, JPEG, WebP, AVIF, HEIC, GIF, TIFF or BMP"
FIRST_OF_SEVERAL = "first_of_several"  # in a picture's info, where the file has more frames or pages
NO_DATA = 42113  # the tag of a TIFF by which GDAL says which number stands for nothing
USUAL_NO_DATA = (-9999.0, -32768.0)

_decoder: Callable[..., Image.Image] | None = None
# What Pillow's readers were seen to raise on damaged files; Warning stands for interpreters that turn it into an error.
DAMAGE = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError,
    RuntimeError, MemoryError, struct.error, zlib.error, Warning,
)  # fmt: skip


def open_picture(
    source: str | Path | bytes | BinaryIO,
    *,
    max_pixels: int = MAX_PIXELS,
    keep_gps: bool = False,
    short_side: int | None = None,
) -> Image.Image:
    """Read a picture of any common form, upright, in mode L, LA, RGB, RGBA or I;16, or as a SixteenBitPicture.

    CMYK comes as sRGB, a palette as its colours, an animation as its first frame; the contents decide, not the name's
    ending. `.info` keeps `icc_profile`, `exif`, whose orientation is upright and which tells the place only with
    `keep_gps`, `dpi`, and of `xmp` the rights, and has FIRST_OF_SEVERAL where there are more frames or pages. Where no
    more than a `short_side` of so many pixels is wanted, a JPEG comes at a half, a quarter or an eighth if that leaves
    it so long, which is quicker. Raises BadPicture, from the header wherever it tells, before the pixels are decoded.
    """
    name, data = _read(source)
    given = {"max_pixels": max_pixels, "keep_gps": keep_gps, "short_side": short_side}
    return (_decoder or decode_picture)(name, data, **given)


def decode_picture(name: str, data: bytes, *, max_pixels: int, keep_gps: bool, short_side: int | None) -> Image.Image:
    """Decode the bytes of a file of this name as `open_picture` does, in this process."""
    data = bounded(name, data)
    try:
        try:
            return _decode(name, data, max_pixels, keep_gps=keep_gps, short_side=short_side)
        except DAMAGE:
            mended = completed_jpeg(data) or without_text(data)
            if mended is None:
                raise
            return _decode(name, mended, max_pixels, keep_gps=keep_gps, short_side=short_side)
    except MemoryError as error:
        raise BadPicture(f"{name} takes more memory to read than there is; make it smaller first") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:  # the frame outgrows the header
        raise BadPicture(f"{name} is too large once unpacked; make it smaller first") from error
    except DAMAGE as error:
        if data[:4] in TIFF_STARTS and "unknown pixel mode" in str(error):
            raise BadPicture(f"{name} is a TIFF of a kind that is not read; save it as RGB of 8 or 16 bits") from error
        raise BadPicture(f"{name} is damaged or cut short and cannot be read; send the whole file again") from error


def decode_by(decoder: Callable[..., Image.Image] | None) -> None:
    """Let `open_picture` have pictures decoded by another function like `decode_picture`; None for that itself."""
    global _decoder
    _decoder = decoder


def _decode(name: str, data: bytes, max_pixels: int, *, keep_gps: bool, short_side: int | None) -> Image.Image:
    picture = _recognise(data)
    if picture is None:
        raise BadPicture(f"{name} is {_what(data)}; {ADVICE}")
    _check_size(name, picture.size, max_pixels)
    check_shape(name, picture.size)
    read_deep = _reader_of_samples(picture, data)
    if short_side is not None:
        picture.draft(None, (short_side, short_side))
    without_costly_exif(picture.info)
    if is_large_webp(picture):
        plain = read_large_webp(data, picture.size)
        plain.info = dict(picture.info)
    else:
        picture.load()
        without_costly_exif(picture.info)  # of a PNG it may stand behind the pixels
        plain = _plain(picture)
    info = kept_info(picture, keep_gps=keep_gps, damage=DAMAGE)
    upright = _turned(plain)
    samples = read_deep() if read_deep else None
    sizes = [(upright.height, upright.width, channels) for channels in (2, len(upright.getbands()))]  # 2: grey
    if samples is not None and samples.shape in sizes:
        upright = SixteenBitPicture(samples)
    profile = info.get("icc_profile", b"")
    if profile and (picture.mode == "CMYK" or not fits_mode(profile, upright.mode)):
        del info["icc_profile"]
    if getattr(picture, "is_animated", False):
        info[FIRST_OF_SEVERAL] = b"yes"  # bytes, as all that workers hand back
    upright.info = info
    return upright


def _turned(picture: Image.Image) -> Image.Image:
    """Turn a picture upright, as its EXIF says; its pixels are copied only where they are turned."""
    if picture.format == "TIFF":  # which keeps its turn among its own tags
        return ImageOps.exif_transpose(picture)
    upright = Image.Image()
    upright.im, upright._mode, upright._size, upright.info = picture.im, picture.mode, picture.size, dict(picture.info)
    ImageOps.exif_transpose(upright, in_place=True)
    upright._exif = None  # what it was asked for; `.info` says what stays true
    return upright


def _reader_of_samples(picture: ImageFile.ImageFile, data: bytes) -> Callable[[], np.ndarray | None] | None:
    """Give what reads upright samples of 16 bits once the picture is loaded, where it has them in several channels."""
    if is_heic(data):
        return partial(read_deep_heic, data) if picture.info["bit_depth"] > 8 and picture.mode != "L" else None
    if not is_sixteen_bit(picture):
        return None
    is_grey = picture.tile[0].args == "LA;16B"
    return lambda: read_samples(data, orientation=picture.getexif().get(ExifTags.Base.Orientation, 1), is_grey=is_grey)


def _read(source: str | Path | bytes | BinaryIO) -> tuple[str, bytes]:
    if isinstance(source, bytes):
        name, data = "the picture", source
    elif isinstance(source, (str, Path)):
        name, data = Path(source).name, _read_file(Path(source))
    else:
        name, data = "the picture", source.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise BadPicture(f"{name} has more than {MAX_BYTES // 2**20} MiB; make it smaller first")
    return name, data


def _read_file(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise BadPicture(f"{path} is a folder; name one picture in it")
        if path.exists() and not path.is_file():
            raise BadPicture(f"{path} is not a regular file; name a picture")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise BadPicture(f"there is no file {path}; check the name") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BadPicture(f"{str(path)[:200]!r} cannot be read ({reason}); check the name") from error


def _recognise(data: bytes) -> ImageFile.ImageFile | None:
    """Pillow's picture of this data with its header read, without Image.open's own warning about large sizes."""
    if is_heic(data):
        return open_heic(data)
    Image.preinit()
    Image.init()
    for form in READABLE:
        factory, accepts = Image.OPEN[form]
        if accepts is None or accepts(data[:16]) is True:
            return factory(BytesIO(data), "")
    return None


def _what(data: bytes) -> str:
    if not data:
        return "empty"
    if b"<svg" in data[:4096].lower():
        return "an SVG drawing, not a picture of pixels"
    return "not a picture that can be read here"


def _check_size(name: str, size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        limit = f"{max_pixels / 1e6:g} million pixels" if max_pixels >= 100_000 else f"{max_pixels} pixels"
        raise BadPicture(f"{name} is too large: {width} x {height}, the limit is {limit}; make it smaller first")


def _plain(picture: Image.Image) -> Image.Image:
    """Convert a picture to one of the modes that this project works in, its EXIF still in `.info`."""
    mode = picture.mode
    if mode in ("L", "RGB", "1") and "transparency" in picture.info:
        return picture.convert("RGBA" if mode == "RGB" else "LA")
    if mode in ("L", "LA", "RGB", "RGBA"):
        return picture
    if mode.startswith(("I", "F")):
        return _sixteen_bit(picture)
    if mode == "CMYK":
        return in_srgb(picture, picture.info.get("icc_profile")).convert("RGB")
    if mode == "P" and "transparency" not in picture.info:
        return picture.convert("RGB")
    return picture.convert({"1": "L", "La": "LA", "P": "RGBA", "PA": "RGBA", "RGBa": "RGBA"}.get(mode, "RGB"))


def _sixteen_bit(picture: Image.Image) -> Image.Image:
    """Grey of more than 8 bits as I;16, scaled from the smallest usual range that holds it, or else its extremes.

    What stands for "no data" counts for nothing and comes as the darkest.
    """
    grey = np.asarray(picture, dtype=np.float64)
    if not picture.mode.startswith("I;16"):
        known = np.isfinite(grey) & ~np.isin(grey, _no_data(picture))
        low, high = (float(edge) for edge in (grey[known].min(), grey[known].max())) if known.any() else (0.0, 0.0)
        grey = np.where(known, grey, low)
        ranges = (1.0, 255.0, 65535.0) if picture.mode == "F" else (255.0, 65535.0)
        full = next((bound for bound in ranges if low >= 0 and high <= bound and known.all()), None)
        grey = grey * (65535 / full) if full else (grey - low) * (65535 / ((high - low) or 1))
    result = Image.fromarray(np.rint(grey).astype("<u2"))
    result.info = dict(picture.info)
    return result


def _no_data(picture: Image.Image) -> list[float]:
    """Give the numbers that stand for nothing: as a TIFF says, and those that nearly all programs take."""
    said = getattr(picture, "tag_v2", {}).get(NO_DATA, "")
    try:
        stated = float(str(said).strip("\0 "))
    except ValueError:
        return list(USUAL_NO_DATA)
    return [*USUAL_NO_DATA, stated, float(np.float32(stated))]
