"""Picture files that are whole but for what readers stumble over, mended in memory."""

from io import BytesIO

from PIL import Image

from zoo.images.sixteen_bit import PNG_SIGNATURE, chunk, chunks_of

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
FILLER = b"\x55" * 64  # what a decoder takes for more of the picture, where more is missing
TEXT = (b"zTXt", b"iTXt", b"tEXt")


def completed_jpeg(data: bytes) -> bytes | None:
    """Give a JPEG the end marker that it lacks; None where more than that is missing, or nothing.

    A decoder fills up what is missing in silence. Where it is only the marker, it does not matter what follows the
    last byte, and the pixels are the same with and without more.
    """
    if not data.startswith(JPEG_START) or data.rstrip(b"\0").endswith(JPEG_END):
        return None
    whole = data + JPEG_END
    try:
        pixels = [Image.open(BytesIO(one)).tobytes() for one in (whole, data + FILLER + JPEG_END)]
    except (OSError, SyntaxError, ValueError, Warning):
        return None
    return whole if pixels[0] == pixels[1] else None


def without_text(data: bytes) -> bytes | None:
    """Leave the text chunks out of a PNG: Pillow refuses those that unpack to more than a megabyte."""
    if not data.startswith(PNG_SIGNATURE):
        return None
    chunks = list(chunks_of(data))
    kept = [chunk for chunk in chunks if chunk[0] not in TEXT]
    if len(kept) == len(chunks):
        return None
    return PNG_SIGNATURE + b"".join(chunk(kind, body) for kind, body in kept)
