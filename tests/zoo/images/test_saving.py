"""Pictures saved in every format, whole or not at all, and names that cannot be."""

import re
from pathlib import Path

import numpy as np
import pytest
from picture_files import TRUTH, encoded, quarters, remarks, srgb_profile
from PIL import Image

from zoo.errors import BadInput, IrisError
from zoo.files import PICTURE_FORMATS
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.images.tensors import like, to_tensor, with_alpha


@pytest.mark.parametrize("ending", PICTURE_FORMATS)
@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "I;16"])
def test_every_mode_is_saved_in_every_format(ending: str, mode: str, tmp_path: Path) -> None:
    deep = Image.fromarray(np.asarray(quarters("L")).astype(np.uint16) * 257)
    picture = deep if mode == "I;16" else quarters(mode)
    save_picture(picture, tmp_path / f"out{ending.upper()}")
    back = open_picture(tmp_path / f"out{ending.upper()}")
    truth = TRUTH if mode.startswith("RGB") else np.asarray(quarters("L"))[..., None]
    grey = (to_tensor(back)[0].permute(1, 2, 0) * 255).numpy()
    assert back.size == (48, 32) and np.abs(grey - truth).mean() < 8
    assert [path.name for path in tmp_path.iterdir()] == [f"out{ending.upper()}"]


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".tif"])
def test_profile_and_exif_are_saved_and_found_again(ending: str, tmp_path: Path) -> None:
    source = open_picture(encoded(quarters(), "PNG", exif=remarks(Artist="Ann"), icc_profile=srgb_profile()))
    save_picture(like(quarters(), source), tmp_path / f"out{ending}")
    back = open_picture(tmp_path / f"out{ending}")
    assert back.info["icc_profile"] == srgb_profile()
    assert back.getexif()[Image.ExifTags.Base.Artist] == "Ann"
    assert back.getexif().get_ifd(Image.ExifTags.IFD.Exif)[0x9003] == "2020:02:02 10:20:30"


def test_exif_too_long_for_a_jpeg_is_left_out(tmp_path: Path) -> None:
    picture = quarters()
    picture.info["exif"] = remarks(ImageDescription="long " * 20_000)
    save_picture(picture, tmp_path / "out.jpg")
    assert "exif" not in open_picture(tmp_path / "out.jpg").info


def test_transparency_goes_on_white_where_the_format_has_none(tmp_path: Path) -> None:
    clear = with_alpha(Image.new("RGB", (16, 16), "red"), Image.new("L", (16, 16), 0))
    save_picture(clear, tmp_path / "out.jpg")
    assert np.asarray(open_picture(tmp_path / "out.jpg")).min() > 250


def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.jpg"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="quality"):
        save_picture(quarters(), path, quality="nonsense")
    assert path.read_bytes() == b"old" and [found.name for found in tmp_path.iterdir()] == ["out.jpg"]


def test_names_that_cannot_be_saved_are_refused_before_the_work(tmp_path: Path) -> None:
    for name, sentence in (("out.xyz", r"\.png"), ("out", r"\.png"), ("none/out.png", "there is no folder")):
        with pytest.raises(BadInput, match=sentence):
            save_picture(quarters(), tmp_path / name)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(BadInput, match="is a folder"):
        save_picture(quarters(), tmp_path / "folder.png")
    with pytest.raises(BadInput, match=re.escape("WEBP cannot hold 16384 x 1")):
        save_picture(Image.new("L", (16384, 1)), tmp_path / "out.webp")


def test_a_disk_that_refuses_is_a_failure_in_words(tmp_path: Path) -> None:
    with pytest.raises(IrisError, match=r"cannot save .*File name too long.*save it elsewhere"):
        save_picture(quarters(), tmp_path / f"{'n' * 260}.png")
    assert not list(tmp_path.iterdir())
