"""Picture files that ask for more than they are cost no more than they are."""

import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hostile.picture_bombs import directory, encoded, many_scans, thin_png, with_exif
from PIL import Image, TiffImagePlugin

from zoo.errors import BadPicture
from zoo.images import large_webp
from zoo.images.bounds import MAX_SIDE
from zoo.images.decode import open_picture

WORTH = 100 * 2**20  # bytes of memory that Python may ask for to refuse a file: the room to read the largest is 64 MiB


def peak_of(work: Callable[[], object]) -> int:
    """The most bytes that Python held at once during work."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def values_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collect how many bytes of fractions Pillow is asked to make numbers of."""
    seen = []
    original = TiffImagePlugin.ImageFileDirectory_v2._load_dispatch[5]

    def load(self: TiffImagePlugin.ImageFileDirectory_v2, data: bytes, legacy_api: bool = True) -> object:
        seen.append(len(data))
        return original[1](self, data, legacy_api)

    monkeypatch.setitem(TiffImagePlugin.ImageFileDirectory_v2._load_dispatch, 5, (8, load))
    return seen


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("further", [True, False])
def test_tags_that_share_their_bytes_are_not_read(form: str, further: bool, values_read: list[int]) -> None:
    data = with_exif(form, directory(500, 500, further=further))
    picture = open_picture(data)
    assert picture.size == (8, 8) and "exif" not in picture.info
    assert sum(values_read) <= 2**16


def test_pieces_of_exif_in_a_jpeg_count_together(values_read: list[int]) -> None:
    segment = with_exif("JPEG", directory(50, 40))
    start, end = segment.index(b"\xff\xe1"), segment.index(b"\xff\xdb")
    picture = open_picture(segment[:end] + segment[start:end] * 4 + segment[end:])
    assert picture.size == (8, 8) and sum(values_read) <= 2**16


def test_modest_exif_is_kept() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Ann"
    exif[0x8769] = {0x829A: (1, 200), 0x9003: "2020:02:02 10:20:30"}
    kept = open_picture(encoded("JPEG", exif=exif.tobytes())).getexif()
    assert kept[0x013B] == "Ann" and kept.get_ifd(0x8769)[0x9003] == "2020:02:02 10:20:30"


@pytest.mark.parametrize("kind", [5, 7])
def test_a_tiff_whose_tags_ask_for_more_than_it_holds_is_refused_unread(kind: int, tmp_path: Path) -> None:
    path = tmp_path / "in.tif"
    path.write_bytes(directory(1_500, 60_000, kind=kind, further=False))

    def look() -> None:
        with pytest.raises(BadPicture, match=r"in\.tif is a TIFF whose tags ask for more than it holds"):
            open_picture(path)

    assert peak_of(look) < WORTH


def test_directories_that_lead_to_each_other_end() -> None:
    loop = b"II*\0\x08\0\0\0" + b"\x01\0" + b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0" + bytes(4)
    assert open_picture(with_exif("PNG", loop)).size == (8, 8)


def test_a_jpeg_of_many_scans_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_picture(many_scans(0)).size == open_picture(many_scans(20)).size == (64, 64)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda picture: pytest.fail("it was decoded"))
    with pytest.raises(BadPicture, match="more than 100 scans"):
        open_picture(many_scans(200))


@pytest.mark.parametrize(("width", "height"), [(1, 4_000_000), (4_000_000, 1), (MAX_SIDE + 1, 1_000), (8, 10_000)])
def test_a_picture_far_longer_than_wide_is_refused_before_it_is_decoded(
    width: int, height: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda picture: pytest.fail("it was decoded"))
    with pytest.raises(BadPicture, match=f"too (long|thin): {width} x {height}"):
        open_picture(thin_png(width, height))


@pytest.mark.parametrize(("width", "height"), [(4_096, 1), (1, 4_096), (10, 10_000), (MAX_SIDE, 100)])
def test_a_long_picture_is_read(width: int, height: int) -> None:
    assert open_picture(thin_png(width, height)).size == (width, height)


def test_a_png_of_countless_pieces_is_refused() -> None:
    whole = encoded("PNG")
    with pytest.raises(BadPicture, match="pieces"):
        open_picture(whole[:33] + (bytes(4) + b"abCd" + bytes(4)) * 100_001 + whole[33:])


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_large_webp_is_read_without_two_canvases_beside_it(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = Image.effect_noise((40, 50), 90).convert(mode)
    picture.putpixel((0, 0), (1, 2, 3, 4)[: len(mode)])
    file = BytesIO()
    picture.save(file, "WEBP", lossless=True, exact=True, exif=b"Exif\0\0" + directory(1, 1))
    plain = open_picture(file.getvalue())
    monkeypatch.setattr(large_webp, "LARGE", 100)
    monkeypatch.setattr("PIL.WebPImagePlugin.WebPImageFile.load", lambda picture: pytest.fail("Pillow decoded it"))
    large = open_picture(file.getvalue())
    assert (large.mode, large.size, large.info) == (plain.mode, plain.size, plain.info)
    assert large.tobytes() == plain.tobytes() == picture.tobytes()
    with pytest.raises(BadPicture, match="damaged"):
        open_picture(file.getvalue()[:-20])


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [False, True])
def test_of_a_large_animation_the_first_frame_is_read_alone(
    mode: str, lossless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = [Image.new(mode, (60, 50), (9, 9, 9, 40)[: len(mode)]) for _ in range(3)]
    frames[0].paste((200, 30, 60, 128)[: len(mode)], (20, 10, 44, 40))
    file = BytesIO()
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], lossless=lossless, duration=40)
    plain = open_picture(file.getvalue())
    monkeypatch.setattr(large_webp, "LARGE", 100)
    large = open_picture(file.getvalue())
    assert large.mode == plain.mode and large.tobytes() == plain.tobytes()
    with pytest.raises(BadPicture, match="damaged"):
        open_picture(file.getvalue()[:60])


@pytest.mark.parametrize("lossless", [False, True])
def test_a_frame_larger_than_its_animation_is_refused_before_it_is_decoded(
    lossless: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = BytesIO()
    frames = [Image.effect_noise((60, 50), 90), Image.effect_noise((60, 50), 20)]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], lossless=lossless)
    data = bytearray(file.getvalue())
    place = data.index(b"VP8L" if lossless else b"VP8 ") + 8
    data[place + (1 if lossless else 6) : place + (3 if lossless else 8)] = b"\xff\x3f"
    monkeypatch.setattr(large_webp, "LARGE", 100)
    monkeypatch.setattr("cv2.imdecode", lambda *_: pytest.fail("it was decoded"))
    with pytest.raises(BadPicture, match="damaged"):
        open_picture(bytes(data))
