"""A dhash that a picture shares with its copies: the difference hash (dHash, N. Krawetz 2013), 64 bits."""

import numpy as np
from PIL import Image

from zoo.images.tensors import to_picture, to_tensor
from zoo.images.transparency import on_white

ROWS, STEPS, FINE = 8, 8, 4  # fields of brightness, and pixels a side of each


def dhash(picture: Image.Image) -> int:
    """Tell which of two fields beside each other is the brighter, over the whole picture, as 64 bits.

    Copies that were resized, re-encoded, brightened, made grey or cut a little differ in few of them.
    """
    plain = to_picture(to_tensor(picture)) if picture.mode == "I;16" else on_white(picture)
    small = plain.convert("L").resize(((STEPS + 1) * FINE, ROWS * FINE), Image.Resampling.BOX, reducing_gap=2.0)
    fields = np.asarray(small, dtype=np.float64).reshape(ROWS, FINE, STEPS + 1, FINE).mean(axis=(1, 3))
    brighter = fields[:, 1:] > fields[:, :-1]  # (8, 8)
    return int.from_bytes(np.packbits(brighter).tobytes(), "big")
