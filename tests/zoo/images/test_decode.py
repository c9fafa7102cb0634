from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from picture_files import TRUTH, bomb, encoded, quarters, remarks, srgb_profile
from PIL import Image

from zoo.errors import BadInput, BadPicture
from zoo.files import pictures_in
from zoo.images import decode
from zoo.images.decode import open_picture
from zoo.images.saving import save_picture
from zoo.images.tensors import alpha_of, to_tensor, with_alpha

INVERSE_TURN = {
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip
HOSTILE = {
    "empty": (b"", "is empty"),
    "text": (b"Dear Iris, please make this picture larger.", "not a picture"),
    "svg": (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG drawing.*save it as PNG"),
    "pdf": (b"%PDF-1.7\n1 0 obj", "not a picture"),
    "html": (b"<!doctype html><title>404</title>", "not a picture"),
    "png of 20000 x 20000": (bomb(), "20000 x 20000.*50 million"),
    "png header alone": (encoded(quarters(), "PNG")[:40], "damaged or cut short"),
}


def difference(picture: Image.Image, truth: np.ndarray = TRUTH) -> float:
    return float(np.abs(np.asarray(picture.convert("RGB"), dtype=float) - truth).mean())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(name: str) -> None:
    data, sentence = HOSTILE[name]
    with pytest.raises(BadPicture, match=sentence) as refusal:
        open_picture(data)
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) < 200


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "MPO"])
def test_a_file_cut_in_half_is_refused(form: str) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    data = encoded(noise, form)
    assert open_picture(data).size == (64, 64)
    with pytest.raises(BadPicture, match="cut short"):
        open_picture(data[: len(data) // 2])


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
def test_damage_anywhere_is_a_refusal_or_a_picture_and_never_a_crash(form: str) -> None:
    whole, draw = encoded(quarters(), form, exif=remarks(Orientation=6)), np.random.default_rng(7)
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        for place in draw.integers(0, min(len(data), 600), 4):
            data[place] = draw.integers(0, 256)
        try:
            assert open_picture(bytes(data), max_pixels=10**6).mode in ("L", "LA", "RGB", "RGBA", "I;16")
        except BadPicture:
            refused += 1
    assert refused > 0


def test_too_many_bytes_are_refused_without_reading_them_all() -> None:
    class Endless(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size is not None
            assert 0 < size <= decode.MAX_BYTES + 1
            return bytes(size)

    with pytest.raises(BadPicture, match="64 MiB"):
        open_picture(Endless())


def test_the_pixel_limit_is_the_callers_and_is_inclusive() -> None:
    data = encoded(Image.new("RGB", (30, 20)), "PNG")
    assert open_picture(data, max_pixels=600).size == (30, 20)
    with pytest.raises(BadPicture, match="30 x 20, the limit is 599 pixels"):
        open_picture(data, max_pixels=599)


def test_paths_that_hold_no_picture_are_refused(tmp_path: Path) -> None:
    for path, sentence in ((tmp_path / "none.png", "there is no file"), (tmp_path, "is a folder"), ("a\0b", "check")):
        with pytest.raises(BadPicture, match=sentence):
            open_picture(path)


def test_the_contents_decide_and_not_the_ending(tmp_path: Path) -> None:
    path = tmp_path / "really a png.jpg"
    path.write_bytes(encoded(quarters(), "PNG"))
    assert difference(open_picture(path)) == 0
    with path.open("rb") as file:
        assert difference(open_picture(file)) == 0


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "TIFF", "MPO"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_an_exif_turned_picture_comes_upright(form: str, turn: int) -> None:
    inverse = INVERSE_TURN[turn]
    stored = quarters() if inverse is None else quarters().transpose(inverse)
    picture = open_picture(encoded(stored, form, exif=remarks(Orientation=turn, Artist="Ann")))
    assert picture.size == (48, 32) and difference(picture) < 8
    exif = picture.getexif()
    assert exif.get(Image.ExifTags.Base.Orientation, 1) == 1 and exif[Image.ExifTags.Base.Artist] == "Ann"


def test_exif_keeps_the_moment_and_drops_the_place() -> None:
    picture = open_picture(encoded(quarters(), "JPEG", exif=remarks(Make="Iris", gps=True), icc_profile=srgb_profile()))
    exif = picture.getexif()
    assert exif.get_ifd(Image.ExifTags.IFD.Exif)[0x9003] == "2020:02:02 10:20:30"
    assert not exif.get_ifd(Image.ExifTags.IFD.GPSInfo) and picture.info["icc_profile"] == srgb_profile()
    assert set(picture.info) == {"exif", "icc_profile"}


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".tif"])
def test_the_place_is_kept_where_that_is_asked_for(ending: str, tmp_path: Path) -> None:
    data = encoded(quarters(), "JPEG", exif=remarks(Make="Iris", Orientation=6, gps=True))
    save_picture(open_picture(data, keep_gps=True), tmp_path / f"out{ending}")
    exif = open_picture(tmp_path / f"out{ending}", keep_gps=True).getexif()
    assert exif.get_ifd(Image.ExifTags.IFD.GPSInfo)[2] == (52.0, 31.0, 12.0)
    assert exif[Image.ExifTags.Base.Orientation] == 1 and exif[Image.ExifTags.Base.Make] == "Iris"


def test_an_animation_comes_as_its_first_frame() -> None:
    frames = [quarters(), Image.new("RGB", (48, 32), "black")]
    for form, options in (("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {}), ("TIFF", {})):
        data = encoded(frames[0], form, save_all=True, append_images=frames[1:], **options)
        assert difference(open_picture(data)) < 3, form


def test_sixteen_bit_grey_keeps_its_depth() -> None:
    ramp = np.linspace(0, 65535, 48 * 32).reshape(32, 48)
    for values, form in (
        (ramp.astype(np.uint16), "PNG"), (ramp.astype(np.uint16), "TIFF"), (ramp.astype(">u2"), "TIFF"),
        (ramp.astype(np.int32), "TIFF"), (ramp.astype(np.float32), "TIFF"), ((ramp / 65535).astype(np.float32), "TIFF"),
        ((ramp / 257).astype(np.float32), "TIFF"), ((ramp * 30_000 - 10**9).astype(np.int32), "TIFF"),
    ):  # fmt: skip
        picture = open_picture(encoded(Image.fromarray(values), form))
        assert picture.mode == "I;16"
        np.testing.assert_allclose(to_tensor(picture)[0, 1].numpy(), ramp / 65535, atol=2e-5)


def test_flat_and_unfinite_grey_values_are_read() -> None:
    for value in (np.nan, np.inf, -7.0, 1e30, 0.0):
        picture = open_picture(encoded(Image.fromarray(np.full((4, 4), value, np.float32)), "TIFF"))
        assert picture.mode == "I;16" and np.ptp(np.asarray(picture)) == 0


def test_a_palette_comes_as_its_colours_and_keeps_its_transparency() -> None:
    palette = quarters().quantize(8)
    plain, clear = open_picture(encoded(palette, "PNG")), open_picture(encoded(palette, "PNG", transparency=0))
    assert plain.mode == "RGB" and difference(plain) == 0
    gone = np.asarray(palette) == 0
    assert clear.mode == "RGBA" and ((np.asarray(clear)[..., 3] == 0) == gone).all() and gone.any()
    partly = encoded(palette, "PNG", transparency=bytes([0, 100, 200]))
    assert set(np.unique(np.asarray(open_picture(partly))[..., 3])) == {0, 100, 200, 255}


def test_other_modes_come_as_one_of_the_five() -> None:
    grey, opaque = quarters("L"), Image.new("L", (48, 32), 77)
    with_grey_alpha = with_alpha(grey, opaque)
    for data, mode in (
        (encoded(quarters("1"), "PNG"), "L"), (encoded(grey, "JPEG"), "L"), (encoded(with_grey_alpha, "PNG"), "LA"),
        (encoded(with_grey_alpha, "TIFF"), "LA"), (encoded(quarters("PA"), "TIFF"), "RGBA"),
        (encoded(grey, "PNG", transparency=30), "LA"), (encoded(quarters(), "PNG", transparency=(1, 2, 3)), "RGBA"),
        (encoded(quarters("YCbCr"), "TIFF", compression="jpeg"), "RGB"), (encoded(quarters("LAB"), "TIFF"), "RGB"),
        (encoded(quarters("RGBX"), "TIFF"), "RGB"), (encoded(with_alpha(quarters(), opaque), "WEBP"), "RGBA"),
    ):  # fmt: skip
        picture = open_picture(data)
        assert picture.mode == mode and picture.size == (48, 32)
        assert mode not in ("LA", "RGBA") or alpha_of(picture) is not None


def test_sixteen_bit_colour_keeps_its_upper_eight_bits() -> None:
    deep = np.repeat(TRUTH.astype(">u2") * 257, 1, axis=2)
    rows = b"".join(b"\0" + row.tobytes() for row in deep)
    picture = open_picture(_png_of(rows, depth=16, colour=2))
    assert picture.mode == "RGB" and difference(picture) == 0


def _png_of(rows: bytes, *, depth: int, colour: int) -> bytes:
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 48, 32, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("profile", [None, b"damaged", srgb_profile()])
def test_cmyk_comes_as_screen_colours_with_or_without_a_fitting_profile(profile: bytes | None) -> None:
    for form in ("JPEG", "TIFF"):
        picture = open_picture(encoded(quarters("CMYK"), form, icc_profile=profile))
        assert picture.mode == "RGB" and difference(picture) < 8
        assert "icc_profile" not in picture.info


def test_a_cmyk_profile_decides_the_colours() -> None:
    profile = ink_profile(grey_of_no_ink=0.5)
    picture = open_picture(encoded(Image.new("CMYK", (4, 4)), "TIFF", icc_profile=profile))
    red, green, blue = np.asarray(picture)[0, 0].astype(int)
    assert red < 250 and max(red, green, blue) - min(red, green, blue) < 40


def ink_profile(grey_of_no_ink: float) -> bytes:
    """The smallest CMYK profile: one table of two points a side whose every colour is one grey."""
    import struct

    lightness = int(grey_of_no_ink * 255)
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0])
    table += b"".join(struct.pack(">i", 65536 * (row == column)) for row in range(3) for column in range(3))
    table += bytes(range(256)) * 4 + bytes([lightness, 128, 128]) * 16 + bytes(range(256)) * 3
    white = b"XYZ " + bytes(4) + struct.pack(">iii", 63190, 65536, 54061)
    text = b"desc" + bytes(4) + struct.pack(">I", 4) + b"ink\0" + bytes(78)
    parts, place, index, body = ((b"desc", text), (b"wtpt", white), (b"A2B0", table)), 128 + 4 + 36, b"", b""
    for name, part in parts:
        part += bytes(-len(part) % 4)
        index += name + struct.pack(">II", place + len(body), len(part))
        body += part
    size = place + len(body)
    header = struct.pack(">I", size) + b"lcms" + struct.pack(">I", 0x02400000) + b"prtrCMYKLab " + bytes(12) + b"acsp"
    header += bytes(28) + struct.pack(">iii", 63190, 65536, 54061)
    return header + bytes(128 - len(header)) + struct.pack(">I", len(parts)) + index + body


def test_a_folder_lists_its_pictures_in_order(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "c.txt", ".hidden.png"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "d.png").mkdir()
    assert [path.name for path in pictures_in(tmp_path)] == ["a.jpg", "b.PNG"]
    with pytest.raises(BadInput, match="no picture in"):
        pictures_in(tmp_path / "d.png")
    with pytest.raises(BadInput, match="there is no folder"):
        pictures_in(tmp_path / "missing")


def test_pictures_are_read_from_many_threads_at_once() -> None:
    data = encoded(quarters(), "JPEG", quality=95)
    with ThreadPoolExecutor(8) as pool:
        [found] = set(pool.map(lambda data: difference(open_picture(data)), [data] * 8))
    assert found < 8
