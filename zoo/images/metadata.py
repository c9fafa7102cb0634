"""What a picture says of itself that stays true for a result of it: EXIF without place and turn, resolution, rights."""

import struct
from typing import Any
from xml.etree import ElementTree

from PIL import ExifTags, Image

# The turn, the place and the storage layout do not stay true.
KEPT_EXIF = (
    ExifTags.Base.ImageDescription, ExifTags.Base.Make, ExifTags.Base.Model, ExifTags.Base.Software,
    ExifTags.Base.DateTime, ExifTags.Base.Artist, ExifTags.Base.Copyright,
)  # fmt: skip
SIZE_EXIF = (ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight)

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
META = "adobe:ns:meta/"
RIGHTS = {  # XMP properties of who made a picture and what may be done with it, by namespace; None: all
    "http://purl.org/dc/elements/1.1/": ("creator", "rights", "title", "description"),
    "http://ns.adobe.com/xap/1.0/rights/": None,
    "http://ns.adobe.com/photoshop/1.0/": ("Credit", "Source", "Instructions", "CopyrightFlag"),
    "http://creativecommons.org/ns#": None,
    "http://ns.useplus.org/ldf/xmp/1.0/": None,
}
MAX_XMP = 65_000  # bytes, what one marker of a JPEG holds
PREFIXES = ("dc", "xmpRights", "photoshop", "cc", "plus")


def kept_info(
    picture: Image.Image, *, keep_gps: bool, damage: tuple[type[Exception], ...]
) -> dict[str | tuple[int, int], Any]:
    """Collect `icc_profile`, `exif`, `dpi` and `xmp` as a picture's `.info` is to have them.

    `damage` are the errors of damaged remarks, which are no reason to refuse a picture.
    """
    found: dict[str | tuple[int, int], Any] = {"icc_profile": picture.info.get("icc_profile")}
    for name, read in (("exif", lambda: _exif(picture.getexif(), keep_gps)), ("xmp", lambda: rights_of(_xmp(picture)))):
        try:
            found[name] = read()
        except damage:
            found[name] = b""
    found["dpi"] = _resolution(picture)
    return {name: value for name, value in found.items() if value}


def rights_of(xmp: bytes) -> bytes:
    """Reduce an XMP packet to creator, rights, title and licence; empty where it says nothing of them.

    Raises ElementTree.ParseError, a SyntaxError, where it is damaged or would define entities.
    """
    if not xmp.strip(b"\0 \n") or len(xmp) > 2**20:
        return b""
    if b"<!" in xmp:
        raise ElementTree.ParseError("a packet has no definitions")
    for prefix, space in zip(("rdf", "x", *PREFIXES), (RDF, META, *RIGHTS), strict=True):
        ElementTree.register_namespace(prefix, space)
    whole = ElementTree.Element(f"{{{META}}}xmpmeta")
    kept = ElementTree.SubElement(ElementTree.SubElement(whole, f"{{{RDF}}}RDF"), f"{{{RDF}}}Description")
    kept.set(f"{{{RDF}}}about", "")
    for description in ElementTree.fromstring(xmp.strip(b"\0 \n")).iter(f"{{{RDF}}}Description"):
        kept.extend(property_ for property_ in description if _is_of_rights(property_.tag))
        for name, value in description.attrib.items():
            if _is_of_rights(name):
                kept.set(name, value)
    packet = ElementTree.tostring(whole) if len(kept) or len(kept.attrib) > 1 else b""
    return packet if len(packet) <= MAX_XMP else b""


def _is_of_rights(tag: str) -> bool:
    space, _, name = tag.removeprefix("{").partition("}")
    names = RIGHTS.get(space, ())
    return names is None or name in names


def _xmp(picture: Image.Image) -> bytes:
    xmp = picture.info.get("xmp") or b""
    return xmp.encode() if isinstance(xmp, str) else bytes(xmp)


def _exif(exif: Image.Exif, keep_gps: bool) -> bytes:
    kept = Image.Exif()
    for tag in KEPT_EXIF:
        if tag in exif:
            kept[tag] = exif[tag]
    details = {tag: value for tag, value in exif.get_ifd(ExifTags.IFD.Exif).items() if tag not in SIZE_EXIF}
    if details:
        kept[ExifTags.IFD.Exif] = details
    place = dict(exif.get_ifd(ExifTags.IFD.GPSInfo))
    if place and keep_gps:
        kept[ExifTags.IFD.GPSInfo] = place
    if ExifTags.Base.Orientation in exif:
        kept[ExifTags.Base.Orientation] = 1
    return kept.tobytes() if len(kept) else b""


def _resolution(picture: Image.Image) -> tuple[float, float] | None:
    """Dots an inch, None where the file states none: 1 stands for "unknown" in a TIFF, 72 is Pillow's own guess."""
    try:
        across, down = (float(value) for value in picture.info.get("dpi", ()))
    except (TypeError, ValueError, ZeroDivisionError, struct.error):
        return None
    stated = "jfif_unit" not in picture.info or picture.info["jfif_unit"] != 0
    return (across, down) if stated and 1 < across < 1e5 and 1 < down < 1e5 else None
