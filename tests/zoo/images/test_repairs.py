"""Files that are whole but for a trifle are read, files of kinds that are not read are called by their name."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from picture_files import encoded, long_text, quarters
from PIL import Image
from skimage import data

from zoo.errors import BadPicture
from zoo.files import PICTURE_FORMATS
from zoo.images.decode import FIRST_OF_SEVERAL, open_picture
from zoo.images.repairs import completed_jpeg


def photo() -> Image.Image:
    return Image.fromarray(data.chelsea()).crop((100, 50, 260, 170))


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 30, "subsampling": "4:2:0"}])
def test_a_jpeg_that_lacks_its_end_marker_alone_is_read_whole(options: dict[str, object]) -> None:
    whole = encoded(photo(), "JPEG", **options)
    assert whole.endswith(b"\xff\xd9")
    assert open_picture(whole[:-2]).tobytes() == open_picture(whole).tobytes()


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
@pytest.mark.parametrize("missing", [12, 100, 1000])
def test_a_jpeg_that_lacks_rows_is_refused(missing: int, options: dict[str, object]) -> None:
    cut = encoded(photo(), "JPEG", **options)[:-missing]
    assert completed_jpeg(cut) is None
    with pytest.raises(BadPicture, match="cut short"):
        open_picture(cut)


def test_a_png_with_a_long_compressed_text_is_read() -> None:
    found = open_picture(encoded(photo(), "PNG", pnginfo=long_text()))
    assert found.tobytes() == photo().tobytes()


def test_a_png_that_is_damaged_besides_is_refused() -> None:
    with pytest.raises(BadPicture, match="damaged"):
        open_picture(encoded(photo(), "PNG", pnginfo=long_text())[:-3000])


def test_a_tiff_of_a_kind_that_is_not_read_is_not_called_damaged(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "in.tif", np.ones((8, 8, 3), np.float32), photometric="rgb")
    with pytest.raises(BadPicture, match="not read; save it as RGB of 8 or 16 bits"):
        open_picture(tmp_path / "in.tif")


def test_no_data_does_not_set_the_range() -> None:
    heights = np.linspace(200, 1900, 64 * 48, dtype=np.float32).reshape(48, 64)
    for nothing in (-9999.0, np.nan, -32768.0, -3.4e38):
        holed = heights.copy()
        holed[:4, :4] = nothing
        file = Image.fromarray(holed)
        options = {"tiffinfo": {42113: f"{nothing}"}} if nothing == -3.4e38 else {}
        found = np.asarray(open_picture(encoded(file, "TIFF", **options))).astype(int)
        assert found[:4, :4].max() == 0 and found.max() == 65535
        assert found[10, 10] == pytest.approx((heights[10, 10] - heights[0, 4]) / (1900 - heights[0, 4]) * 65535, abs=2)


@pytest.mark.parametrize("ending", [".jfif", ".jpe", ".avif"])
def test_endings_of_the_same_formats_are_taken(ending: str) -> None:
    assert PICTURE_FORMATS[ending] in ("JPEG", "AVIF")


def test_avif_is_read() -> None:
    found = open_picture(encoded(photo(), "AVIF", quality=95))
    assert np.abs(np.asarray(found, float) - np.asarray(photo(), float)).mean() < 5


@pytest.mark.parametrize(("form", "several"), [("GIF", True), ("TIFF", True), ("PNG", False), ("JPEG", False)])
def test_more_frames_are_known_of(form: str, several: bool) -> None:
    options = {"save_all": True, "append_images": [Image.new("RGB", (48, 32), "red")]} if several else {}
    assert (FIRST_OF_SEVERAL in open_picture(encoded(quarters(), form, **options)).info) == several


def test_a_text_that_unpacks_to_much_more_is_no_way_in() -> None:
    body = b"key\0\0" + zlib.compress(bytes(50_000_000), 9)
    whole = encoded(photo(), "PNG")
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    assert open_picture(whole[:33] + chunk + whole[33:]).tobytes() == photo().tobytes()
