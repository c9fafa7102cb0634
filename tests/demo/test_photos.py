"""The photo folder: what leaves it and what does not."""

from pathlib import Path

import pytest
from picture_files import encoded, quarters, remarks
from PIL import ExifTags, Image

from demo.photos import Photos


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Photos:
    """A folder with one turned photo that says where it was taken."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "served"))
    folder = tmp_path / "photos"
    (folder / "2020").mkdir(parents=True)
    (folder / "2020" / "home.jpg").write_bytes(encoded(quarters(), "JPEG", exif=remarks(Orientation=6, gps=True)))
    return Photos(folder, "Holidays", "cpu")


def test_photos_in_subfolders_are_found_by_their_name_inside(photos: Photos) -> None:
    assert [photos.inside(path) for path in photos.first(5)] == ["2020/home.jpg"]


def test_a_served_copy_stands_upright_and_does_not_tell_the_place(photos: Photos) -> None:
    original = photos.folder / "2020" / "home.jpg"
    copy = photos.served_copy(original)
    with Image.open(copy) as served, Image.open(original) as given:
        assert given.getexif().get_ifd(ExifTags.IFD.GPSInfo) and not served.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert served.size == given.size[::-1]
    assert photos.folder not in copy.parents


def test_a_sample_photo_is_credited_and_another_is_named(photos: Photos) -> None:
    assert photos.about(photos.folder / "rocket.jpg") == "Rocket (SpaceX, public domain)"
    assert photos.about(photos.folder / "2020" / "home.jpg") == "2020/home.jpg"
