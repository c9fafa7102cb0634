"""Small picture files that ask for far more work or memory than they are, made on the spot."""

import struct
import zlib
from io import BytesIO

from PIL import Image

RATIONAL, UNDEFINED, LONG = 5, 7, 4


def directory(tags: int, values: int, *, kind: int = RATIONAL, further: bool = True) -> bytes:
    """A TIFF or EXIF block of `tags` tags, each of the same `values` values."""
    first = 8
    second = first + 2 + 12 + 4
    entries = [struct.pack("<HHII", 40_000 + n, kind, values, 0) for n in range(tags)]
    start = second if further else first
    data = start + 2 + 12 * tags + 4
    shared = struct.pack("<H", tags) + b"".join(entry[:8] + struct.pack("<I", data) for entry in entries) + bytes(4)
    link = struct.pack("<HHHIII", 1, 0x8769, LONG, 1, second, 0) if further else b""
    return b"II*\0" + struct.pack("<I", first) + link + shared + bytes(values * (8 if kind == RATIONAL else 1))


def encoded(form: str, size: tuple[int, int] = (8, 8), **options: object) -> bytes:
    """A plain picture as the bytes of a file."""
    file = BytesIO()
    Image.new("RGB", size, (9, 200, 30)).save(file, form, **options)
    return file.getvalue()


def with_exif(form: str, block: bytes) -> bytes:
    """A picture with an EXIF block, whatever it is."""
    if form == "PNG":
        whole = encoded("PNG")
        return whole[:33] + chunk(b"eXIf", block) + whole[33:]
    return encoded(form, exif=b"Exif\0\0" + block)


def thin_png(width: int, height: int) -> bytes:
    """A black PNG of one bit a pixel."""
    rows = zlib.compress(bytes((width // 8 + 2) * height), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def many_scans(scans: int, side: int = 64) -> bytes:
    """A progressive JPEG that ends in so many scans of nothing."""
    whole = encoded("JPEG", (side, side), progressive=True)
    found = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[found:-2] * scans + whole[-2:]


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
