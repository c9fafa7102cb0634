"""Large WebP pictures read with less than half of the memory that Pillow's reader takes.

Pillow reads every WebP as an animation, by a decoder that keeps two whole canvases beside the result: 16 bytes a pixel.
OpenCV decodes straight into one; the pixels are the same.
"""

import cv2
import numpy as np
from PIL import Image, ImageFile

LARGE = 4_000_000  # pixels, from which on the memory is worth it
MODES = {3: ("RGB", "BGR"), 4: ("RGBA", "BGRA")}  # by the number of channels: Pillow's, and how OpenCV lays them out


def is_large_webp(picture: ImageFile.ImageFile) -> bool:
    """Whether a picture whose header is read is a WebP that `read_large_webp` is for."""
    return picture.format == "WEBP" and picture.width * picture.height > LARGE


def read_large_webp(data: bytes, size: tuple[int, int]) -> Image.Image:
    """Decode the first frame of a WebP of this size, RGB or RGBA; raises OSError where it is damaged."""
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.ndim != 3 or (found.shape[1], found.shape[0]) != size:
        raise OSError("this is no whole WebP")
    mode, layout = MODES[found.shape[2]]
    return Image.frombytes(mode, size, found, "raw", layout)
