"""Colour profiles: what a picture's numbers mean, and its colours in sRGB."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageChops, ImageCms

ROUNDING = 2  # levels by which a conversion from sRGB to itself may differ
COLOUR_SPACES = {"GRAY": ("L", "LA", "I;16"), "RGB ": ("RGB", "RGBA")}  # of profiles, with the modes that they are for


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert a picture from a profile to sRGB; unchanged where that is absent, of other colours, or damaged."""
    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError):
        return picture


def to_srgb(picture: Image.Image) -> Image.Image:
    """Convert a picture in colour to sRGB, and drop its profile, where that says something else than sRGB.

    What one sees stays the same; networks, which know no profiles, see the same then.
    """
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA"):
        return picture
    rgb = picture.convert("RGB")
    converted = in_srgb(rgb, profile)
    if np.asarray(ImageChops.difference(rgb, converted)).max() <= ROUNDING:
        return picture
    if picture.mode == "RGBA":
        converted.putalpha(picture.getchannel("A"))
    converted.info = {name: value for name, value in picture.info.items() if name != "icc_profile"}
    return converted


def fits_mode(profile: bytes, mode: str) -> bool:
    """Tell whether a profile speaks of the colour space of a picture mode; one that cannot be read is left as it is."""
    space = profile[16:20].decode("latin-1")
    return len(profile) < 128 or mode in COLOUR_SPACES.get(space, ())
