"""Colour of 16 bits a channel, which Pillow does not know: read, held beside its 8 bits, written as PNG."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, BinaryIO

import cv2
import numpy as np
from PIL import Image, ImageFile

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_COLOUR_TYPES = {2: 4, 3: 2, 4: 6}  # by the number of channels
ROWS = 256  # that are compressed at once
TURNS = {  # what EXIF's orientation asks for, of arrays (H, W, C)
    2: lambda x: x[:, ::-1], 3: lambda x: x[::-1, ::-1], 4: lambda x: x[::-1], 5: lambda x: x.swapaxes(0, 1),
    6: lambda x: np.rot90(x, -1), 7: lambda x: np.rot90(x, 2).swapaxes(0, 1), 8: lambda x: np.rot90(x),
}  # fmt: skip


class SixteenBitPicture(Image.Image):
    """A picture of mode LA, RGB or RGBA whose `samples`, (H, W, C) uint16, hold what Pillow rounds to 8 bits.

    Whatever Pillow makes of it, a copy or a crop, is an ordinary picture of 8 bits.
    """

    def __init__(self, samples: np.ndarray) -> None:
        super().__init__()
        rounded = Image.fromarray(((samples.astype(np.uint32) + 128) // 257).astype(np.uint8))
        self.im, self._mode, self._size = rounded.im, rounded.mode, rounded.size
        self.samples = np.ascontiguousarray(samples)

    def __getstate__(self) -> list[Any]:
        """Give the samples and what is known of the picture to another process; Pillow would give 8 bits."""
        return [self.samples, self.info]

    def __setstate__(self, state: list[Any]) -> None:
        """Be the picture that `__getstate__` told of."""
        samples, info = state
        self.__init__(samples)
        self.info = info

    def channels(self) -> list[Image.Image]:
        """Split it into grey pictures of mode I;16."""
        return [Image.fromarray(np.ascontiguousarray(channel)) for channel in np.moveaxis(self.samples, 2, 0)]


def merge_channels(channels: Sequence[Image.Image]) -> SixteenBitPicture:
    """Merge grey pictures of mode I;16 into one of colour or with transparency."""
    return SixteenBitPicture(np.stack([np.asarray(channel) for channel in channels], axis=2))


def is_sixteen_bit(picture: ImageFile.ImageFile) -> bool:
    """Tell whether a picture whose header is read has 16 bits in each of several channels."""
    if picture.mode not in ("RGB", "RGBA") or not picture.tile:
        return False
    arguments = picture.tile[0].args
    raw_mode = arguments if isinstance(arguments, str) else (arguments or ("",))[0]
    return raw_mode.partition(";")[0] in ("LA", "RGB", "RGBA") and raw_mode.endswith(("16B", "16L", "16N"))


def read_samples(data: bytes, *, orientation: int = 1, is_grey: bool = False) -> np.ndarray | None:
    """Decode a PNG or TIFF as upright samples (H, W, C) uint16, C = 2 for grey; None where OpenCV cannot."""
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.dtype != np.uint16 or found.ndim != 3:
        return None
    order = (0, 3) if is_grey else (2, 1, 0, 3)[: found.shape[2]]  # from BGR
    return TURNS.get(orientation, lambda x: x)(found[..., list(order)])


def write_png(picture: SixteenBitPicture, file: BinaryIO, **options: object) -> None:
    """Write a PNG of 16 bits a channel; `options` are Pillow's, which writes profile, resolution and remarks."""
    height, width, channels = picture.samples.shape
    file.write(PNG_SIGNATURE)
    file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, PNG_COLOUR_TYPES[channels], 0, 0, 0)))
    model = BytesIO()
    Image.new("L", (1, 1)).save(model, "PNG", **options)
    for kind, data in chunks_of(model.getvalue()):
        if kind not in (b"IHDR", b"IDAT", b"IEND"):
            file.write(chunk(kind, data))
    packer = zlib.compressobj(6)
    for start in range(0, height, ROWS):
        file.write(chunk(b"IDAT", packer.compress(_filtered(picture.samples[start : start + ROWS]))))
    file.write(chunk(b"IDAT", packer.flush()))
    file.write(chunk(b"IEND", b""))


def chunks_of(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and data of each chunk of a PNG that is whole."""
    place = len(PNG_SIGNATURE)
    while place + 12 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, place)
        yield kind, png[place + 8 : place + 8 + length]
        place += 12 + length


def _filtered(samples: np.ndarray) -> bytes:
    """Rows of samples (h, W, C) as a PNG stores them, each less the pixel before it (filter 1, Sub)."""
    height, width, channels = samples.shape
    rows = samples.astype(">u2").reshape(height, width, channels).view(np.uint8)  # (h, W, 2 C)
    rows = rows.copy()
    rows[:, 1:] -= rows[:, :-1].copy()
    return np.hstack([np.ones((height, 1), np.uint8), rows.reshape(height, -1)]).tobytes()


def chunk(kind: bytes, data: bytes) -> bytes:
    """Write a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
