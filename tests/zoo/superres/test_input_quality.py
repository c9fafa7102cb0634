"""What is wrong with a picture is told from its pixels, whatever it was saved as."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from skimage import data
from upscaled_pictures import saved

from zoo.images.sixteen_bit import SixteenBitPicture
from zoo.superres.input_quality import CLEAN, InputQuality, choice_sentence, measure_quality, share_for_photos


@pytest.fixture(scope="module", params=["astronaut", "coffee", "rocket"])
def photo(request: pytest.FixtureRequest) -> Image.Image:
    """A photo without traces of what it was, since it was made much smaller."""
    large = Image.fromarray(getattr(data, request.param)())
    return large.resize((large.width // 3, large.height // 3), Image.Resampling.BICUBIC)


def noisy(picture: Image.Image, deviation: float) -> Image.Image:
    pixels = np.asarray(picture, np.float32)
    noise = np.random.default_rng(0).normal(0, deviation, pixels.shape)
    return Image.fromarray((pixels + noise).round().clip(0, 255).astype(np.uint8))


def test_a_clean_photo_is_clean(photo: Image.Image) -> None:
    assert share_for_photos(measure_quality(photo)) == 0
    assert share_for_photos(measure_quality(photo.convert("L"))) == 0


@pytest.mark.parametrize(("format", "quality"), [("JPEG", 75), ("JPEG", 40), ("WEBP", 70)])
def test_compression_is_seen_though_the_picture_was_cropped_and_saved_as_something_else(
    photo: Image.Image, format: str, quality: int
) -> None:
    worn = saved(photo, format, quality)
    cropped = worn.crop((3, 5, *worn.size))
    least = 0.8 if format == "JPEG" else 0.3
    assert min(measure_quality(picture).compression for picture in (worn, cropped)) > least


def test_the_more_is_compressed_away_the_worse(photo: Image.Image) -> None:
    found = [measure_quality(saved(photo, "JPEG", quality)).compression for quality in (99, 95, 85)]
    assert found == sorted(found) and found[0] < 0.5 < found[2]


def test_noise_is_seen_in_colour_and_in_grey(photo: Image.Image) -> None:
    assert measure_quality(noisy(photo, 6)).noise == 1 and measure_quality(noisy(photo, 6)).fault == "noisy"
    assert measure_quality(noisy(photo.convert("L"), 8)).noise > 0.5


def test_softness_is_seen(photo: Image.Image) -> None:
    assert measure_quality(photo.filter(ImageFilter.GaussianBlur(1.2))).softness == 1
    small = photo.resize((photo.width // 2, photo.height // 2))
    assert measure_quality(small.resize(photo.size, Image.Resampling.BICUBIC)).softness == 1


def test_what_lies_out_of_focus_behind_a_sharp_thing_does_not_make_a_photo_soft() -> None:
    sharp = Image.fromarray(data.astronaut()).resize((170, 170), Image.Resampling.BICUBIC)
    blurred = sharp.filter(ImageFilter.GaussianBlur(4))
    blurred.paste(sharp.crop((50, 20, 130, 110)), (50, 20))
    assert measure_quality(blurred).softness == 0


def test_sixteen_bits_and_transparency_change_nothing(photo: Image.Image) -> None:
    for picture in (photo, noisy(photo, 3)):
        seen = measure_quality(picture)
        deep = SixteenBitPicture(np.asarray(picture).astype(np.uint16) * 257)
        opaque = picture.copy()
        opaque.putalpha(255)
        assert measure_quality(opaque) == seen
        assert vars(measure_quality(deep)) == pytest.approx(vars(seen), abs=1e-3)


def test_hidden_colours_do_not_count() -> None:
    rubbish = Image.effect_noise((120, 90), 80).convert("RGB")
    photo = Image.fromarray(data.astronaut()).resize((120, 90))
    mask = Image.new("L", photo.size)
    ImageDraw.Draw(mask).rectangle((20, 15, 100, 75), fill=255)
    hiding = Image.composite(photo, rubbish, mask)
    hiding.putalpha(mask)
    assert measure_quality(hiding).badness < 0.3


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (47, 300), (48, 48), (300, 61), (1500, 900)])
@pytest.mark.parametrize("mode", ["L", "RGBA", "RGB"])
def test_a_picture_of_any_size_of_one_colour_is_clean(size: tuple[int, int], mode: str) -> None:
    assert measure_quality(Image.new(mode, size)) == CLEAN


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("size", [10, 14, 18])
def test_text_is_told_by_edges_that_no_lens_makes_and_not_taken_for_noise(mode: str, size: int) -> None:
    page, font = Image.new(mode, (300, 200), "white"), ImageFont.load_default(size)
    for top in range(6, 200, size + 6):
        ImageDraw.Draw(page).text((10, top), "The quick brown fox jumps over the lazy dog", fill="black", font=font)
    found = measure_quality(page)
    assert found.hardness == 1 and found.compression < 0.1 and found.fault == "drawn or written"


@pytest.mark.parametrize("filter", [Image.Resampling.BOX, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS])
def test_a_drawing_with_soft_edges_is_told_by_its_flat_colours(filter: Image.Resampling) -> None:
    large = Image.new("RGB", (960, 720), "ivory")
    for number, colour in enumerate(("crimson", "navy", "seagreen", "gold", "orchid")):
        place = (60 + 150 * number, 80 + 90 * number)
        ImageDraw.Draw(large).ellipse((*place, place[0] + 260, place[1] + 220), fill=colour, outline="black", width=9)
    found = measure_quality(large.resize((240, 180), filter))
    assert 0.4 < found.hardness <= 0.5 and found.fault == "drawn or written"


def test_a_thing_before_a_white_wall_is_no_drawing(photo: Image.Image) -> None:
    wall = Image.new("RGB", (2 * photo.width, 2 * photo.height), "white")
    ImageDraw.Draw(wall).rectangle((0, 0, 20, wall.height), fill="black")
    wall.paste(photo, (photo.width // 2, photo.height // 2))
    assert measure_quality(wall.filter(ImageFilter.GaussianBlur(0.6))).hardness == 0


def test_which_networks_are_taken_is_said_with_the_reason() -> None:
    assert "clean" in choice_sentence(CLEAN)
    assert "noisy" in choice_sentence(InputQuality(noise=1.0, compression=0.4))
    between = choice_sentence(InputQuality(compression=0.45))
    assert "somewhat compressed" in between and "50%" in between
