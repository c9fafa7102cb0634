"""HEIC photos, as phones take them: recognised by their brands, read by libheif, bounded by their lists of items."""

import struct
from collections.abc import Iterator
from io import BytesIO

import numpy as np
from PIL import ImageFile

BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
OTHERS = frozenset({b"avif", b"avis"})  # whose files call themselves mif1 as well
HEADER = struct.Struct(">I4s")
LEAST_BOX = HEADER.size
SHARED = 2**22  # bytes that items may have in common, such as tiles of one colour
CONSTRUCTED = (1, 2)  # versions of a list of places that say how each is meant


def is_heic(data: bytes) -> bool:
    """Tell whether the bytes of a file say that it is a HEIC photo."""
    size, kind = HEADER.unpack_from(data.ljust(LEAST_BOX, b"\0"))
    if kind != b"ftyp":
        return False
    brands = {data[place : place + 4] for place in (8, *range(16, min(size, 256), 4))}
    return bool(brands & BRANDS) and not brands & OTHERS


def open_heic(data: bytes) -> ImageFile.ImageFile:
    """Give the main picture of a HEIC photo, its header read, turned as the file says.

    Raises SyntaxError where the file is damaged.
    """
    from pi_heif import HeifImageFile  # few pictures need it

    picture = HeifImageFile(BytesIO(data))
    picture.info = {name: value for name, value in picture.info.items() if value is not None}
    return picture


def read_deep_heic(data: bytes) -> np.ndarray:
    """Decode a HEIC photo of more than 8 bits as samples (H, W, C) uint16."""
    from pi_heif import open_heif

    photo = open_heif(BytesIO(data), convert_hdr_to_8bit=False)
    return np.array(photo)  # a copy, for the photo holds the samples


def has_modest_items(data: bytes) -> bool:
    """Tell whether the items of a HEIC or AVIF file together ask for hardly more bytes than it has.

    Many may lie at the same place, each in many pieces: 264 KB were seen to ask for 2.5 GB of remarks.
    """
    asked = 0
    for kind, start, end in _boxes(data, 0, len(data)):
        if kind != b"meta":
            continue
        for inner, first, last in _boxes(data, start + 4, end):
            if inner == b"iloc":
                asked += _bytes_asked(data[first:last], len(data) + SHARED)
    return asked <= len(data) + SHARED


def _boxes(data: bytes, place: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of what each box holds."""
    while place + LEAST_BOX <= end:
        size, kind = HEADER.unpack_from(data, place)
        start = place + LEAST_BOX
        if size == 1 and start + 8 <= end:
            size, start = struct.unpack_from(">Q", data, start)[0], start + 8
        last = end if size == 0 else min(place + size, end)
        if last < start:
            return
        yield kind, start, last
        place = last


def _bytes_asked(places: bytes, most: int) -> int:
    """Add up the lengths of all pieces of all items (ISO 14496-12, 8.11.3); a piece without one is all there is."""
    reader = BytesIO(places)

    def number(size: int) -> int:
        return int.from_bytes(reader.read(size))

    version, _ = number(1), number(3)
    sizes, more = number(1), number(1)
    offset, length, base, index = sizes >> 4, sizes & 15, more >> 4, more & 15 if version in CONSTRUCTED else 0
    asked = 0
    for _ in range(number(4 if version == 2 else 2)):
        if reader.tell() >= len(places):
            break
        number((4 if version == 2 else 2) + (2 if version in CONSTRUCTED else 0) + 2 + base)
        for _ in range(number(2)):
            number(index + offset)
            asked += number(length) or most
            if asked > most:
                return asked
    return asked
