"""HEIC photos are read as any other, and cost no more than they are."""

import struct
from pathlib import Path

import numpy as np
import pytest
from heic_files import heic, stating
from picture_files import TRUTH, remarks
from PIL import ExifTags, Image

from zoo.cli.upscale import add_upscale
from zoo.command_line import OneLineParser
from zoo.errors import BadPicture
from zoo.images import heic as reader
from zoo.images.decode import FIRST_OF_SEVERAL, open_picture
from zoo.images.saving import save_picture
from zoo.images.sixteen_bit import SixteenBitPicture

NEAR = 4  # levels by which a lossy format may be off


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"heix"])
def test_a_heic_photo_is_read_whatever_its_first_brand(brand: bytes) -> None:
    photo = heic(TRUTH)
    found = open_picture(photo[:8] + brand + photo[12:])
    assert found.mode == "RGB" and np.abs(np.asarray(found).astype(int) - TRUTH).max() <= NEAR


def test_an_avif_that_calls_itself_mif1_is_no_heic(tmp_path: Path) -> None:
    Image.fromarray(TRUTH).save(tmp_path / "in.avif")
    data = (tmp_path / "in.avif").read_bytes()
    assert open_picture(data[:8] + b"mif1" + data[12:]).size == (48, 32)


def test_a_heic_photo_is_turned_once_by_what_the_container_says() -> None:
    exif = remarks(Orientation=6, Artist="Ann", gps=True).removeprefix(b"Exif\0\0")
    found = open_picture(heic(TRUTH, turn=90, exif=exif))
    assert np.abs(np.asarray(found).astype(int) - np.rot90(TRUTH)).max() <= NEAR
    tags = found.getexif()
    assert tags[ExifTags.Base.Artist] == "Ann" and tags[ExifTags.Base.Orientation] == 1
    assert not tags.get_ifd(ExifTags.IFD.GPSInfo)


def test_ten_bits_are_kept() -> None:
    ramp = np.broadcast_to(np.linspace(20_000, 24_000, 64, dtype=np.uint16)[None, :, None], (32, 64, 3)).copy()
    found = open_picture(heic(ramp, deep=True))
    assert isinstance(found, SixteenBitPicture)
    assert len(np.unique(found.samples[16, :, 1])) > 24  # of 8 bits there are 16 levels in it
    assert np.abs(found.samples.astype(int) - ramp).max() < 600


def test_of_several_pictures_the_main_one_is_read_and_the_others_are_told() -> None:
    one, several = open_picture(heic(TRUTH)), open_picture(heic(TRUTH, copies=3))
    assert FIRST_OF_SEVERAL not in one.info and FIRST_OF_SEVERAL in several.info and several.size == (48, 32)


@pytest.mark.parametrize("stated", [(8, 8), (4_000, 3_000)])
def test_a_heic_photo_that_is_not_of_its_stated_size_is_refused(stated: tuple[int, int]) -> None:
    with pytest.raises(BadPicture, match="damaged"):
        open_picture(stating(stated, heic(TRUTH)))


def test_the_stated_size_is_bounded_before_anything_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pi_heif.HeifImageFile.load", lambda picture: pytest.fail("it was decoded"))
    with pytest.raises(BadPicture, match="too large: 20000 x 20000"):
        open_picture(stating((20_000, 20_000), heic(TRUTH)))


def test_a_heic_photo_cut_short_is_refused() -> None:
    whole = heic(TRUTH)
    for length in (20, 100, len(whole) // 2, len(whole) - 20):
        with pytest.raises(BadPicture):
            open_picture(whole[:length])


def test_items_that_share_their_bytes_are_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = heic(TRUTH, exif=remarks(Artist="Ann" * 2_000).removeprefix(b"Exif\0\0"))
    assert open_picture(whole).getexif()[ExifTags.Base.Artist].startswith("AnnAnn")
    monkeypatch.setattr(reader, "open_heic", lambda data: pytest.fail("it was opened"))
    monkeypatch.setattr("zoo.images.decode.open_heic", lambda data: pytest.fail("it was opened"))
    with pytest.raises(BadPicture, match="parts that ask for more than it holds"):
        open_picture(_with_pieces(whole, 1_000))


def test_a_list_of_places_that_claims_to_be_endless_ends() -> None:
    endless = struct.pack(">I4sI", 0, b"meta", 0) + struct.pack(">I4sBBHBBI", 20, b"iloc", 2, 0, 0, 0x44, 0, 2**32 - 1)
    assert reader.has_modest_items(endless)


def test_a_folder_with_heic_photos_is_enlarged_into_jpegs(tmp_path: Path) -> None:
    photos, results = tmp_path / "photos", tmp_path / "results"
    photos.mkdir()
    (photos / "IMG_1.HEIC").write_bytes(heic(TRUTH))
    save_picture(Image.fromarray(TRUTH), photos / "IMG_1.jpg")
    parser = OneLineParser()
    add_upscale(parser)
    options = parser.parse_args([str(photos), str(results), "--scale", "2"])
    options.run(options)
    assert sorted(path.name for path in results.iterdir()) == ["IMG_1.HEIC.jpg", "IMG_1.jpg"]
    assert open_picture(results / "IMG_1.HEIC.jpg").size == (96, 64)


def _with_pieces(data: bytes, times: int) -> bytes:
    """The same photo, the remarks in so many pieces at one place."""
    place = data.index(b"iloc") + 8
    length = struct.unpack_from(">I", data, place - 12)[0]
    count = struct.unpack_from(">H", data, place + 2)[0]
    entry = place + 4 + 14 * (count - 1)
    pieces = data[entry + 6 : entry + 14] * times
    new = data[entry : entry + 4] + struct.pack(">H", times) + pieces
    grown = len(new) - 14
    meta = data.index(b"meta") - 4
    size = struct.unpack_from(">I", data, meta)[0] + grown
    sized = data[:meta] + struct.pack(">I", size) + data[meta + 4 : place - 12]
    return sized + struct.pack(">I", length + grown) + data[place - 8 : entry] + new + data[entry + 14 :]
