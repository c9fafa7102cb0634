"""HEIC photos made on the spot: one frame of HEVC, as PyAV encodes it, in the boxes that phones put around it."""

import re
import struct
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

VPS, SPS, PPS = 32, 33, 34  # kinds of HEVC's headers
X265 = {"preset": "ultrafast", "crf": "4", "x265-params": "log-level=none:info=0:bframes=0:keyint=1:range=full"}
ITEM, REMARKS = 1, 2
TURN = {0: b"", 90: b"\1", 180: b"\2", 270: b"\3"}  # by degrees to the left


def heic(
    pixels: np.ndarray,
    *,
    deep: bool = False,
    exif: bytes = b"",
    turn: int = 0,
    copies: int = 1,
) -> bytes:
    """A photo of RGB pixels (H, W, 3), uint8, or with `deep` uint16 of which ten bits are kept.

    `exif` is a TIFF block, `turn` what a reader is to turn it by, `copies` how many such pictures it has.
    """
    headers, frame = _hevc(pixels, deep=deep)
    size = pixels.shape[1], pixels.shape[0]
    properties = [_box(b"hvcC", _configuration(headers, deep=deep)), _full(b"ispe", struct.pack(">II", *size))]
    properties += [_box(b"irot", TURN[turn])] if turn else []
    photos = [ITEM, *range(REMARKS + 1, REMARKS + copies)]
    uses = b"".join(struct.pack(">HB", photo, len(properties)) + _essential(len(properties)) for photo in photos)
    items = [_full(b"infe", struct.pack(">HH4sB", photo, 0, b"hvc1", 0), version=2) for photo in photos]
    places = [(photo, 0, len(frame)) for photo in photos]
    references = b""
    if exif:
        items.append(_full(b"infe", struct.pack(">HH4sB", REMARKS, 0, b"Exif", 0), version=2))
        places.append((REMARKS, len(frame), 10 + len(exif)))
        references = _full(b"iref", _box(b"cdsc", struct.pack(">HHH", REMARKS, 1, ITEM)))
    data = frame + (struct.pack(">I", 6) + b"Exif\0\0" + exif if exif else b"")
    meta = _full(b"hdlr", bytes(4) + b"pict" + bytes(13)) + _full(b"pitm", struct.pack(">H", ITEM))
    meta += _full(b"iinf", struct.pack(">H", len(items)) + b"".join(items)) + references
    meta += _box(b"iprp", _box(b"ipco", b"".join(properties)) + _full(b"ipma", struct.pack(">I", len(photos)) + uses))
    head = _box(b"ftyp", b"heic" + bytes(4) + b"heicmif1")
    start = len(head) + 12 + len(meta) + 16 + 14 * len(places) + 8  # of the data
    located = b"".join(struct.pack(">HHHII", item, 0, 1, start + place, size) for item, place, size in places)
    meta += _full(b"iloc", struct.pack(">BBH", 0x44, 0, len(places)) + located)
    return head + _full(b"meta", meta) + _box(b"mdat", data)


def stating(size: tuple[int, int], photo: bytes) -> bytes:
    """The photo with another size in its header than its frame has."""
    place = photo.index(b"ispe") + 8
    return photo[:place] + struct.pack(">II", *size) + photo[place + 8 :]


def _hevc(pixels: np.ndarray, *, deep: bool) -> tuple[dict[int, bytes], bytes]:
    """The headers by kind, and a frame as a HEIC stores it, each part after its length."""
    encoder = av.CodecContext.create("libx265", "w")
    encoder.height, encoder.width = pixels.shape[:2]
    encoder.pix_fmt, encoder.time_base = "yuv444p10le" if deep else "yuv444p", Fraction(1)
    encoder.options = X265
    frame = av.VideoFrame.from_ndarray(pixels, "rgb48le" if deep else "rgb24").reformat(
        format=encoder.pix_fmt, dst_colorspace=Colorspace.SMPTE170M, dst_color_range=ColorRange.JPEG
    )
    packets = [*encoder.encode(frame), *encoder.encode(None)]
    units = re.split(rb"\0?\0\0\x01", b"".join(bytes(packet) for packet in packets))[1:]
    kinds = [(unit[0] >> 1 & 63, unit) for unit in units]
    headers = {kind: unit for kind, unit in kinds if kind in (VPS, SPS, PPS)}
    return headers, b"".join(struct.pack(">I", len(unit)) + unit for kind, unit in kinds if kind < VPS)


def _configuration(headers: dict[int, bytes], *, deep: bool) -> bytes:
    """The decoder's configuration record (ISO 14496-15): profile, 4:4:4, bits, the headers."""
    bits = 0xF8 | (2 if deep else 0)
    fixed = b"\1" + headers[SPS][3:15] + struct.pack(">HBBBBHB", 0xF000, 0xFC, 0xFF, bits, bits, 0, 0x0F)
    units = b"".join(struct.pack(">BHH", 0x80 | kind, 1, len(unit)) + unit for kind, unit in headers.items())
    return fixed + bytes([len(headers)]) + units


def _essential(count: int) -> bytes:
    return bytes(0x80 | place for place in range(1, count + 1))


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body


def _full(kind: bytes, body: bytes, version: int = 0) -> bytes:
    return _box(kind, bytes([version, 0, 0, 0]) + body)
