"""What a picture file may cost, told from its bytes before anything is decoded."""

import re
import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any

from zoo.errors import BadPicture
from zoo.images.directories import EXIF_START, MAX_EXIF, holds_modest_exif, is_modest_exif, is_modest_tiff
from zoo.images.heic import has_modest_items
from zoo.images.sixteen_bit import PNG_SIGNATURE, chunks_of

MAX_SIDE = 32_768  # pixels; a panorama of all that a picture may have is 32,768 x 1,525
MAX_RATIO = 1_000  # of the longer side to the shorter one
SMALL_SIDE = 8_192  # pixels, up to which a picture may be as thin as it likes
MAX_SCANS = 100  # of a JPEG; progressive ones have some 10, and each walks over the whole picture
MAX_CHUNKS = 100_000  # of a PNG; each is read by Python

TIFF_STARTS = (b"II*\0", b"MM\0*", b"II\0*", b"MM*\0", b"II+\0", b"MM\0+")
JPEG_START = b"\xff\xd8"
MARKER = re.compile(rb"\xff+([^\x00\xff])")
AFTER_SCAN = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
START_OF_SCAN, END, APP1, APP2 = 0xDA, 0xD9, 0xE1, 0xE2
BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})  # that no length follows


def bounded(name: str, data: bytes) -> bytes:
    """Leave remarks out that would cost more than they are; raises BadPicture where the picture itself would."""
    if data[:4] in TIFF_STARTS and not is_modest_tiff(data):
        raise BadPicture(f"{name} is a TIFF whose tags ask for more than it holds; save it anew as PNG")
    if data.startswith(JPEG_START):
        return _bounded_jpeg(name, data)
    if data.startswith(PNG_SIGNATURE):
        _check_chunks(name, data)
    if data[4:8] == b"ftyp" and not has_modest_items(data):
        raise BadPicture(f"{name} has parts that ask for more than it holds; save it anew as JPEG or PNG")
    if data[4:8] == b"ftyp" and not holds_modest_exif(data):
        return data.replace(b"Exif", b"free")  # an item of a type that nobody reads
    return data


def check_shape(name: str, size: tuple[int, int]) -> None:
    """Raise BadPicture for a picture that is far longer than it is wide."""
    longer, shorter = max(size), min(size)
    if longer > MAX_SIDE:
        raise BadPicture(f"{name} is too long: {size[0]} x {size[1]}, the limit is {MAX_SIDE} a side; cut it first")
    if longer > SMALL_SIDE and longer > MAX_RATIO * shorter:
        raise BadPicture(
            f"{name} is too thin: {size[0]} x {size[1]}, one side at most {MAX_RATIO} times the other; cut it first"
        )


def without_costly_exif(info: dict[str | tuple[int, int], Any]) -> None:
    """Take the EXIF out of a picture's `.info` where its tags ask for more than it is, before Pillow reads them."""
    if "exif" in info and not is_modest_exif(info["exif"]):
        del info["exif"]
    old = info.get("Raw profile type exif")  # hexadecimal, as ImageMagick writes it
    if old is not None:
        digits = "".join(str(old).split("\n")[3:])
        if len(digits) > 2 * MAX_EXIF or not _is_modest_hex(digits):
            del info["Raw profile type exif"]


def _is_modest_hex(digits: str) -> bool:
    try:
        return is_modest_exif(bytes.fromhex(digits))
    except ValueError:
        return False


def _bounded_jpeg(name: str, data: bytes) -> bytes:
    """Give a JPEG without costly lists of tags; raises BadPicture where it has too many scans."""
    costly, exif, scans = [], [], 0
    for kind, start, end in _segments(data):
        body = data[start + 4 : end]
        if kind == START_OF_SCAN:
            scans += 1
            if scans > MAX_SCANS:
                raise BadPicture(f"{name} has more than {MAX_SCANS} scans, a picture of which has ten; save it anew")
        elif kind == APP1 and body.startswith(EXIF_START):
            exif.append((start, end))
        elif kind == APP2 and body.startswith(b"MPF\0") and not is_modest_exif(body[4:]):
            costly.append((start, end))
    block = b"".join(data[start + 10 : end] for start, end in exif)  # Pillow joins them as well
    if exif and not is_modest_exif(block):
        costly += exif
    for start, end in sorted(costly, reverse=True):
        data = data[:start] + data[end:]
    return data


def _segments(jpeg: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment of a JPEG; of a scan only its header."""
    place, pattern = len(JPEG_START), MARKER
    while found := pattern.search(jpeg, place):
        kind, start = found[1][0], found.end() - 2
        if kind == END:
            return
        place = found.end()
        if kind in BARE_MARKERS:
            continue
        if place + 2 > len(jpeg):
            return
        place += max(2, struct.unpack_from(">H", jpeg, place)[0])
        yield kind, start, min(place, len(jpeg))
        pattern = AFTER_SCAN if kind == START_OF_SCAN else MARKER


def _check_chunks(name: str, png: bytes) -> None:
    if next(islice(chunks_of(png), MAX_CHUNKS, None), None):
        raise BadPicture(f"{name} consists of more than {MAX_CHUNKS:,} pieces; save it anew")
