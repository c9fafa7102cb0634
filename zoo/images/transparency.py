"""Colours behind transparency: those that nobody sees are never made use of."""

from PIL import Image

from zoo.images.tensors import alpha_of

GREY = (128, 128, 128)


def revealed(picture: Image.Image) -> Image.Image:
    """Replace the colours that full transparency hides by those seen around them, or by grey where none is seen.

    The result is RGB; a picture that hides nothing comes as it is.
    """
    alpha = alpha_of(picture)
    if alpha is None or not alpha.histogram()[0]:
        return picture
    return _filled(picture.convert("RGBA"))


def on_white(picture: Image.Image) -> Image.Image:
    """Put a picture on white, as RGB."""
    if alpha_of(picture) is None:
        return picture.convert("RGB")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA")).convert("RGB")


def _filled(picture: Image.Image) -> Image.Image:
    """Fill an RGBA picture from a copy of half its size, in which each colour counts as much as it is seen."""
    alpha = picture.getchannel("A")
    hidden = alpha.histogram()[0]  # pixels
    if not hidden:
        return picture.convert("RGB")
    if hidden == picture.width * picture.height:
        return Image.new("RGB", picture.size, GREY)
    half = [-(-side // 2) for side in picture.size]
    around = _filled(picture.resize(half, Image.Resampling.BOX)).resize(picture.size, Image.Resampling.BILINEAR)
    return Image.composite(picture.convert("RGB"), around, alpha.point([0] + [255] * 255))
