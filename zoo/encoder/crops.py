"""The squares of a picture that the encoder takes, as a person sees them: in sRGB, on white."""

from PIL import Image

from zoo.images.profiles import in_srgb
from zoo.images.tensors import alpha_of, to_picture, to_tensor
from zoo.images.transparency import on_white
from zoo.nets.edge_encoder import INPUT_SIDE

SHORT_SIDE = 256  # pixels, of which the network takes the middle, as in its training
CENTRE = INPUT_SIDE / SHORT_SIDE


def crop_square(picture: Image.Image, part: float = CENTRE) -> Image.Image:
    """Crop the middle of a picture, in sRGB on white, 224 x 224 RGB; its side is a part of the picture's short side."""
    side = max(1.0, part * min(picture.size))
    left, top = ((length - side) / 2 for length in picture.size)
    return _resized(picture, (left, top, left + side, top + side))


def squeeze_square(picture: Image.Image) -> Image.Image:
    """Squeeze a whole picture into a square, in sRGB on white, 224 x 224 RGB."""
    return _resized(picture, (0, 0, *picture.size))


def _resized(picture: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    shape = (INPUT_SIDE, INPUT_SIDE)
    plain = to_picture(to_tensor(picture)) if picture.mode == "I;16" else picture
    plain = plain.convert("RGB" if alpha_of(plain) is None else "RGBA")
    square = plain.resize(shape, Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)
    return in_srgb(on_white(square), picture.info.get("icc_profile"))
