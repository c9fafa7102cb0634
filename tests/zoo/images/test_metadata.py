"""What a picture says of itself is kept in its results: resolution and rights, and a profile only where it fits."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from picture_files import encoded, quarters, remarks, srgb_profile
from PIL import Image, ImageCms

from zoo.images.decode import open_picture
from zoo.images.metadata import rights_of
from zoo.images.saving import save_picture
from zoo.images.tensors import like

XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
xmpRights:Marked="True" tiff:Orientation="6" exif:GPSLatitude="52,31N"><dc:rights><rdf:Alt><rdf:li
xml:lang="x-default">CC BY 4.0 Ann</rdf:li></rdf:Alt></dc:rights></rdf:Description></rdf:RDF></x:xmpmeta>"""


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".tif", ".avif"])
def test_rights_are_kept_and_place_and_turn_are_not(ending: str, tmp_path: Path) -> None:
    source = open_picture(encoded(quarters(), "JPEG", xmp=XMP, exif=remarks(Artist="Ann")))
    save_picture(like(quarters(), source), tmp_path / f"out{ending}")
    back = open_picture(tmp_path / f"out{ending}")
    kept = back.info["xmp"].decode()
    assert "CC BY 4.0 Ann" in kept and "Marked" in kept
    assert "GPS" not in kept and "Orientation" not in kept
    assert back.getexif()[Image.ExifTags.Base.Artist] == "Ann"


@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif", ".bmp"])
def test_the_resolution_is_kept(ending: str, tmp_path: Path) -> None:
    source = open_picture(encoded(quarters(), "JPEG", dpi=(300, 300)))
    save_picture(like(quarters(), source), tmp_path / f"out{ending}")
    assert info_of(tmp_path / f"out{ending}")["dpi"] == pytest.approx((300, 300), abs=0.02)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a_resolution_that_nobody_stated_is_not_made_up(form: str, tmp_path: Path) -> None:
    source = open_picture(encoded(quarters(), form, exif=remarks(Artist="Ann")))
    assert "dpi" not in source.info
    save_picture(source, tmp_path / "out.png")
    assert "dpi" not in info_of(tmp_path / "out.png")


def info_of(path: Path) -> dict[str | tuple[int, int], object]:
    with Image.open(path) as file:
        return dict(file.info)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<x",
        b"no xml",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        b"\xff\xfe<\0",
        b"<a>" * 5000 + b"</a>" * 5000,
    ],
)
def test_damaged_or_hostile_remarks_are_left_out(packet: bytes) -> None:
    picture = open_picture(encoded(quarters(), "JPEG", xmp=packet[:60_000]))
    assert "xmp" not in picture.info


def test_a_packet_without_rights_is_left_out() -> None:
    assert rights_of(XMP.replace(b"dc:rights", b"dc:format").replace(b"xmpRights:Marked", b"tiff:Make")) == b""
    ElementTree.fromstring(rights_of(XMP))


def lab_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def test_a_profile_of_another_colour_space_than_the_result_is_dropped() -> None:
    assert "icc_profile" not in open_picture(encoded(quarters("LAB"), "TIFF", icc_profile=lab_profile())).info
    assert "icc_profile" not in open_picture(encoded(quarters("L"), "PNG", icc_profile=srgb_profile())).info
    assert "icc_profile" in open_picture(encoded(quarters(), "PNG", icc_profile=srgb_profile())).info


def test_a_grey_profile_does_not_stay_on_a_result_in_colour() -> None:
    grey = bytearray(srgb_profile())
    grey[16:20] = b"GRAY"
    source = quarters("L")
    source.info = {"icc_profile": bytes(grey)}
    assert like(quarters("L"), source).info == {"icc_profile": bytes(grey)}
    assert np.asarray(like(quarters(), source)).ndim == 2
