"""Picture files made on the spot: every form and fault that an upload can have."""

import struct
import zlib
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

TRUTH = np.zeros((32, 48, 3), np.uint8)  # four plain quarters: turned the wrong way they do not match
TRUTH[:16, :24], TRUTH[:16, 24:], TRUTH[16:, :24], TRUTH[16:, 24:] = (200, 30, 30), (20, 180, 40), (30, 60, 220), 240


def encoded(picture: Image.Image, form: str, **options: object) -> bytes:
    """The picture as the bytes of a file."""
    file = BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def quarters(mode: str = "RGB") -> Image.Image:
    """The truth as a picture."""
    return Image.fromarray(TRUTH).convert(mode)


def long_text() -> PngInfo:
    """A compressed text of a PNG that unpacks to more than Pillow reads."""
    text = PngInfo()
    text.add_itxt("workflow", "a" * 2_000_000, zip=True)
    return text


def remarks(**tags: object) -> bytes:
    """An EXIF block; tags by name (`Orientation=6`) and `gps=True` for a place."""
    exif = Image.Exif()
    for name, value in tags.items():
        if name != "gps":
            exif[getattr(Image.ExifTags.Base, name)] = value
    exif[Image.ExifTags.IFD.Exif] = {0x9003: "2020:02:02 10:20:30"}  # DateTimeOriginal
    if tags.get("gps"):
        exif[Image.ExifTags.IFD.GPSInfo] = {1: "N", 2: (52.0, 31.0, 12.0)}
    return exif.tobytes()


@cache
def srgb_profile() -> bytes:
    """An ICC profile of a screen, always the same though it holds the time when it was made."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@cache
def bomb(width: int = 20_000, height: int = 20_000) -> bytes:
    """A PNG of one colour: a few hundred kilobytes at most that unpack to width x height pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(width // 8 + 1)) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
