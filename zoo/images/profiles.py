"""Colour profiles: what a picture's numbers mean, and its colours in sRGB."""

from io import BytesIO

from PIL import Image, ImageCms

COLOUR_SPACES = {"GRAY": ("L", "LA", "I;16"), "RGB ": ("RGB", "RGBA")}  # of profiles, with the modes that they are for


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert an RGB picture from a profile to sRGB; unchanged where that is absent, not for RGB, or damaged."""
    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB") or picture
    except (ImageCms.PyCMSError, OSError):
        return picture


def fits_mode(profile: bytes, mode: str) -> bool:
    """Whether a profile speaks of the colour space of a picture mode; one that cannot be read is left as it is."""
    space = profile[16:20].decode("latin-1")
    return len(profile) < 128 or mode in COLOUR_SPACES.get(space, ())
