"""Large WebP pictures read with less than half of the memory that Pillow's reader takes.

Pillow reads every WebP as an animation, by a decoder that keeps two whole canvases beside the result: 16 bytes a pixel.
OpenCV decodes straight into one; the pixels are the same.
"""

import struct
from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image, ImageFile

LARGE = 4_000_000  # pixels, from which on the memory is worth it
IS_ANIMATED, HAS_ALPHA = 0x02, 0x10  # flags of the extended header
LONGEST = 0x3FFF  # a side has 14 bits
FRAME_HEADER = 16  # bytes before the pixels of a frame
MODES = {3: ("RGB", "BGR"), 4: ("RGBA", "BGRA")}  # by the number of channels: Pillow's, and how OpenCV lays them out


def is_large_webp(picture: ImageFile.ImageFile) -> bool:
    """Tell whether a picture whose header is read is a WebP that `read_large_webp` is for."""
    return picture.format == "WEBP" and picture.width * picture.height > LARGE


def read_large_webp(data: bytes, size: tuple[int, int]) -> Image.Image:
    """Decode the first frame of a WebP of this size, RGB or RGBA; raises OSError where it is damaged."""
    frame = _first_frame(data)
    if frame is None:
        return _decoded(data, size)
    corner, frame_size, part, is_transparent = frame
    if any(place + side > whole for place, side, whole in zip(corner, frame_size, size, strict=True)):
        raise OSError("a frame of this animation does not fit into it")
    picture = _decoded(part, frame_size)
    if picture.size == size and is_transparent == (picture.mode == "RGBA"):
        return picture
    canvas = Image.new("RGBA" if is_transparent else "RGB", size)
    canvas.paste(picture, corner)
    return canvas


def _decoded(data: bytes, size: tuple[int, int]) -> Image.Image:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.ndim != 3 or size != (found.shape[1], found.shape[0]):
        raise OSError("this is no whole WebP")
    mode, layout = MODES[found.shape[2]]
    return Image.frombytes(mode, size, found, "raw", layout)


def _first_frame(data: bytes) -> tuple[tuple[int, int], tuple[int, int], bytes, bool] | None:
    """Of an animation the first frame: its corner and size, a WebP of its own, and whether the whole is transparent.

    None for a still picture; raises OSError where it is damaged.
    """
    chunks = list(_chunks(data[12:]))
    frames = [body for kind, body in chunks if kind == b"ANMF"]
    header = next((body for kind, body in chunks if kind == b"VP8X"), b"")
    if not header or not header[0] & IS_ANIMATED:
        return None
    if not frames or len(frames[0]) < FRAME_HEADER:
        raise OSError("this animation has no frame")
    frame = frames[0]
    has_alpha = bool(header[0] & HAS_ALPHA)
    left, top = (2 * int.from_bytes(frame[start : start + 3], "little") for start in (0, 3))
    parts = [(kind, body) for kind, body in _chunks(frame[FRAME_HEADER:]) if kind in (b"ALPH", b"VP8 ", b"VP8L")]
    if parts and parts[0][0] == b"ALPH":
        parts.insert(0, (b"VP8X", bytes([HAS_ALPHA, 0, 0, 0]) + frame[6:12]))
    if not parts:
        raise OSError("this frame has no pixels")
    return (
        (left, top),
        _size_of(*parts[-1]),
        _chunk(b"RIFF", b"WEBP" + b"".join(_chunk(*part) for part in parts)),
        has_alpha,
    )


def _size_of(kind: bytes, pixels: bytes) -> tuple[int, int]:
    """Give the size that the pixels of a frame say, which is the one that a decoder makes room for."""
    if len(pixels) < 10:
        raise OSError("this frame is cut short")
    if kind == b"VP8L":
        bits = int.from_bytes(pixels[1:5], "little")
        return (bits & LONGEST) + 1, (bits >> 14 & LONGEST) + 1
    width, height = struct.unpack_from("<HH", pixels, 6)
    return width & LONGEST, height & LONGEST


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and data of each chunk that is whole."""
    place = 0
    while place + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, place)
        if place + 8 + length > len(data):
            return
        yield kind, data[place + 8 : place + 8 + length]
        place += 8 + length + length % 2
