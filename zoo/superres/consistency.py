"""How true an enlargement is to its input: PSNR of the enlargement shrunk back."""

from math import log10

import numpy as np
from PIL import Image

from zoo.images.tensors import alpha_of, to_tensor
from zoo.images.tiles import tile_grid
from zoo.superres.streaming_resize import SUPPORT

PART = 512  # pixels a side of what is compared at once


def shrink_back_db(small: Image.Image, large: Image.Image) -> float:
    """Measure how true an enlargement is: PSNR in dB between the input and the enlargement shrunk back (bicubic).

    Where the input is transparent its colours count as little as they are seen. Works part by part.
    """
    error = seen = 0.0
    for part in tile_grid(small.height, small.width, size=PART):
        place = (part.left, part.top, part.left + part.width, part.top + part.height)
        truth, found = _seen(small.crop(place)), _shrunk(large, place, small.size)
        error += float(np.square(found - truth)[..., :3].sum())
        seen += 3 * float(truth[..., 3].sum())
    return -10 * log10(max(error / max(seen, 1), 1e-10))


def _seen(picture: Image.Image) -> np.ndarray:
    """Colours as far as they are seen, and how far: (H, W, 4) in 0..1, premultiplied."""
    alpha = alpha_of(picture)
    shares = np.ones(picture.size[::-1], np.float32) if alpha is None else np.asarray(alpha, np.float32) / 255
    colours = to_tensor(picture)[0].permute(1, 2, 0).numpy()
    return np.dstack([colours * shares[..., None], shares])


def _shrunk(large: Image.Image, place: tuple[int, int, int, int], size: tuple[int, int]) -> np.ndarray:
    """Crop what lies at a place of a large picture shrunk to `size`, as `_seen` gives it."""
    steps = np.array([large.width / size[0], large.height / size[1]] * 2)
    box = np.array(place) * steps
    margin = SUPPORT * np.maximum(steps[:2], 1) + 1
    left, top = (int(edge) for edge in np.floor(np.maximum(box[:2] - margin, 0)))
    right, bottom = (int(edge) for edge in np.ceil(np.minimum(box[2:] + margin, large.size)))
    window = _seen(large.crop((left, top, right, bottom)))
    inside = (float(box[0]) - left, float(box[1]) - top, float(box[2]) - left, float(box[3]) - top)
    wanted = place[2] - place[0], place[3] - place[1]
    channels = [Image.fromarray(window[..., channel]) for channel in range(4)]
    resized = [channel.resize(wanted, Image.Resampling.BICUBIC, inside) for channel in channels]
    return np.dstack([np.asarray(channel) for channel in resized])
