"""Pictures to enlarge, in any mode."""

from io import BytesIO

import numpy as np
from PIL import Image

from zoo.images.tensors import with_alpha


def array(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture).astype(int)


def in_mode(photo: Image.Image, mode: str) -> Image.Image:
    """The photo in a mode; transparency is a ramp from clear to opaque."""
    if mode == "I;16":
        return Image.fromarray(np.asarray(photo.convert("L")).astype(np.uint16) * 257)
    picture = photo.convert(mode)
    if mode in ("LA", "RGBA"):
        ramp = np.linspace(-300, 600, photo.width).clip(0, 255).astype(np.uint8)
        picture.putalpha(Image.fromarray(np.repeat(ramp[None], photo.height, 0)))
    return picture


def disc(colour: str, hidden: str) -> Image.Image:
    """An opaque disc with soft edges, and a colour that nobody sees around it."""
    alpha = Image.new("L", (240, 240))
    y, x = np.mgrid[:240, :240] - 119.5
    alpha = Image.fromarray(((np.hypot(x, y) < 80) * 255).astype(np.uint8)).resize((40, 40), Image.Resampling.BOX)
    seen = Image.new("RGB", (40, 40), hidden)
    seen.paste(colour, mask=alpha.point(lambda value: 255 * (value > 0)))
    return with_alpha(seen, alpha)


def saved(picture: Image.Image, format: str, quality: int) -> Image.Image:
    """A picture that was compressed once."""
    file = BytesIO()
    picture.save(file, format, quality=quality)
    return Image.open(file).convert(picture.mode)
