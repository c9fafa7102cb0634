"""Colour of 16 bits a channel is read, saved and found again to the last bit, as far as the format can hold it."""

import pickle
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from picture_files import remarks, srgb_profile
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.images.sixteen_bit import SixteenBitPicture, chunks_of, write_png
from zoo.images.tensors import alpha_of, raw_tensor, to_picture, to_tensor

MODES = {2: "LA", 3: "RGB", 4: "RGBA"}
INVERSE_TURN = {  # how upright samples lie in a file of each orientation
    1: lambda x: x, 2: lambda x: x[:, ::-1], 3: lambda x: x[::-1, ::-1], 4: lambda x: x[::-1],
    5: lambda x: x.swapaxes(0, 1), 6: lambda x: np.rot90(x), 7: lambda x: np.rot90(x, 2).swapaxes(0, 1),
    8: lambda x: np.rot90(x, -1),
}  # fmt: skip


def samples_of(channels: int, size: tuple[int, int] = (37, 21)) -> np.ndarray:
    return np.random.default_rng(channels).integers(0, 65536, (*size[::-1], channels)).astype(np.uint16)


@pytest.mark.parametrize("ending", [".png", ".tif"])
@pytest.mark.parametrize("channels", MODES)
def test_sixteen_bits_are_saved_and_read_to_the_last_bit(ending: str, channels: int, tmp_path: Path) -> None:
    samples = samples_of(channels)
    save_picture(SixteenBitPicture(samples), tmp_path / f"out{ending}")
    back = open_picture(tmp_path / f"out{ending}")
    if ending == ".tif" and channels == 2:  # no reader knows such a TIFF, so that it is saved as colour
        samples, channels = samples[..., [0, 0, 0, 1]], 4
    assert isinstance(back, SixteenBitPicture) and back.mode == MODES[channels]
    assert np.array_equal(back.samples, samples)


def test_another_program_reads_our_png() -> None:
    samples = samples_of(4)
    file = BytesIO()
    write_png(SixteenBitPicture(samples), file)
    found = cv2.imdecode(np.frombuffer(file.getvalue(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert found is not None
    assert np.array_equal(found[..., [2, 1, 0, 3]], samples)
    assert next(kind for kind, _ in chunks_of(file.getvalue())) == b"IHDR"


@pytest.mark.parametrize("form", ["png", "tif"])
@pytest.mark.parametrize("turn", INVERSE_TURN)
def test_sixteen_bits_come_upright(form: str, turn: int, tmp_path: Path) -> None:
    upright = samples_of(3)
    stored = np.ascontiguousarray(INVERSE_TURN[turn](upright))
    path = tmp_path / f"in.{form}"
    if form == "tif":
        tifffile.imwrite(path, stored, photometric="rgb", extratags=[(274, "H", 1, turn, True)])
    else:
        picture = SixteenBitPicture(stored)
        picture.info = {"exif": remarks(Orientation=turn)}
        save_picture(picture, path)
    found = open_picture(path)
    assert isinstance(found, SixteenBitPicture) and np.array_equal(found.samples, upright)


@pytest.mark.parametrize("compression", [None, "zlib"])
def test_compressed_tiffs_of_sixteen_bits_are_read(compression: str | None, tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "in.tif", samples_of(3), photometric="rgb", compression=compression)
    found = open_picture(tmp_path / "in.tif")
    assert isinstance(found, SixteenBitPicture) and np.array_equal(found.samples, samples_of(3))


@pytest.mark.parametrize("ending", [".jpg", ".webp", ".bmp", ".avif", ".gif"])
def test_formats_of_eight_bits_get_the_nearest(ending: str, tmp_path: Path) -> None:
    samples = (np.linspace(0, 65535, 37 * 21 * 3).reshape(21, 37, 3)).astype(np.uint16)
    save_picture(SixteenBitPicture(samples), tmp_path / f"out{ending}")
    back = open_picture(tmp_path / f"out{ending}")
    assert not isinstance(back, SixteenBitPicture)
    assert np.abs(np.asarray(back.convert("RGB"), float) - samples / 257).mean() < 8


@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_profile_resolution_and_names_are_kept_in_sixteen_bits(ending: str, tmp_path: Path) -> None:
    picture = SixteenBitPicture(samples_of(3))
    picture.info = {"icc_profile": srgb_profile(), "dpi": (300, 300), "exif": remarks(Artist="Ann")}
    save_picture(picture, tmp_path / f"out{ending}")
    back = open_picture(tmp_path / f"out{ending}")
    assert back.info["icc_profile"] == srgb_profile() and back.info["dpi"] == pytest.approx((300, 300), abs=0.01)
    assert back.getexif()[Image.ExifTags.Base.Artist] == "Ann"


def test_the_details_of_exif_are_kept_in_a_tiff_of_sixteen_bits(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "Ann"
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.ExposureTime: IFDRational(1, 200), ExifTags.Base.LensModel: "50 mm f/1.8"}
    samples = samples_of(3)
    picture = SixteenBitPicture(samples)
    picture.info["exif"] = exif.tobytes()
    save_picture(picture, tmp_path / "one.tif")
    save_picture(open_picture(tmp_path / "one.tif"), tmp_path / "two.tif")
    back = open_picture(tmp_path / "two.tif")
    details = back.getexif().get_ifd(ExifTags.IFD.Exif)
    assert details[ExifTags.Base.LensModel] == "50 mm f/1.8" and float(details[ExifTags.Base.ExposureTime]) == 0.005
    assert back.getexif()[ExifTags.Base.Artist] == "Ann"
    assert isinstance(back, SixteenBitPicture) and np.array_equal(back.samples, samples)
    assert np.array_equal(tifffile.imread(tmp_path / "two.tif"), samples)


def test_tensors_have_all_bits_and_pictures_made_of_it_have_eight() -> None:
    picture = SixteenBitPicture(samples_of(4))
    np.testing.assert_allclose(
        to_tensor(picture)[0].permute(1, 2, 0).numpy() * 65535, picture.samples[..., :3], atol=0.01
    )
    again = to_picture(raw_tensor(picture).float() / 65535, sixteen_bit=True)
    assert isinstance(again, SixteenBitPicture) and np.array_equal(again.samples, picture.samples)
    for made in (picture.copy(), picture.resize((5, 5)), picture.convert("L"), alpha_of(picture)):
        assert not isinstance(made, SixteenBitPicture)
    assert np.abs(np.asarray(picture, int) - picture.samples / 257).max() <= 0.5


def test_a_picture_that_is_sent_to_another_process_keeps_its_bits_and_what_is_known_of_it() -> None:
    picture = SixteenBitPicture(samples_of(4))
    picture.info = {"dpi": (300, 300)}
    back = pickle.loads(pickle.dumps(picture))
    assert isinstance(back, SixteenBitPicture) and (back.mode, back.info) == ("RGBA", {"dpi": (300, 300)})
    assert np.array_equal(back.samples, picture.samples)
