"""Painted work put back over its photo: masks, colours kept, transparency, profile."""

from PIL import Image, ImageChops, ImageFilter

from zoo.images.tensors import alpha_of, metadata_of, to_picture, to_tensor, with_alpha

SOFTNESS = 400  # parts of the longest side that a mask's edge is blurred by


def finished(
    painted: Image.Image,
    picture: Image.Image,
    *,
    strength: float = 1.0,
    keep_colors: bool = False,
    mask: Image.Image | None = None,
) -> Image.Image:
    """Put painted work over its picture: so strongly, at its size, with its colours, unpainted parts and transparency.

    At strength 0 the result is the picture, to the last bit.
    """
    photo = as_rgb(picture)
    if painted.size != picture.size:
        painted = painted.resize(picture.size, Image.Resampling.LANCZOS)
    if keep_colors:
        painted = with_colors_of(photo, painted)
    painted = Image.blend(photo, painted, strength)
    if mask is not None:
        painted = Image.composite(painted, photo, softened(mask, picture.size))
    alpha = alpha_of(picture)
    result = painted if alpha is None else with_alpha(painted, alpha)
    result.info = metadata_of(picture, result.mode)
    return result


def softened(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Stretch a mask to a size, with soft edges; where it is transparent, it is black."""
    light, alpha = as_rgb(mask).convert("L"), alpha_of(mask)
    if alpha is not None:
        light = ImageChops.multiply(light, alpha)
    return light.resize(size).filter(ImageFilter.GaussianBlur(max(size) / SOFTNESS))


def with_colors_of(photo: Image.Image, painted: Image.Image) -> Image.Image:
    """Put the painted light and shade into the photo's colours (luminance transfer, Gatys et al. 2016)."""
    light, _, _ = painted.convert("YCbCr").split()
    _, blue, red = photo.convert("YCbCr").split()
    return Image.merge("YCbCr", (light, blue, red)).convert("RGB")


def as_rgb(picture: Image.Image) -> Image.Image:
    return picture if picture.mode == "RGB" else to_picture(to_tensor(picture))
