"""What the tests of commands are given."""

from pathlib import Path

import pytest
from picture_files import encoded, quarters, remarks, srgb_profile

from zoo.images.saving import save_picture


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    path.write_bytes(encoded(quarters(), "JPEG", quality=95, exif=remarks(Artist="Ann"), icc_profile=srgb_profile()))
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("a.png", "b.jpg"):
        save_picture(quarters(), folder / name)
    return folder
