"""Encoding sees the middle of a picture, in any mode and shape."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from zoo.encoder import encode as encoding
from zoo.encoder.dhash import dhash
from zoo.encoder.encode import (
    MIDDLE,
    class_probabilities,
    classes,
    classify,
    crop_square,
    embed,
    encode,
    encode_files,
    extract_features,
    open_reduced,
    squeeze_square,
)
from zoo.errors import BadPicture, UnknownModel
from zoo.nets import eight_bit


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.fromarray(data.chelsea())  # a cat


def test_vectors_are_unit_rows(photo: Image.Image) -> None:
    vectors = encode([photo, photo.convert("L"), photo.resize((1, 1))])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_pictures_give_no_vectors() -> None:
    assert encode([]).shape[0] == 0


def test_the_batch_does_not_matter(photo: Image.Image) -> None:
    other = Image.fromarray(data.rocket())
    together, alone = encode([photo, other]), np.concatenate([encode([photo]), encode([other])])
    assert np.allclose(together, alone, atol=1e-4)


def test_a_picture_is_nearer_to_itself_mirrored_than_to_another(photo: Image.Image) -> None:
    mirror = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    one, mirrored, other = encode([photo, mirror, Image.fromarray(data.rocket())])
    assert one @ mirrored > one @ other + 0.1


@pytest.mark.parametrize("size", [(1, 1), (300, 1), (7, 40)])
def test_a_picture_too_small_to_show_anything_is_of_no_class(size: tuple[int, int], photo: Image.Image) -> None:
    small, usual = class_probabilities([photo.resize(size), photo])
    assert not small.any() and usual.sum() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 2)])
def test_extreme_shapes_are_seen_without_growing(size: tuple[int, int]) -> None:
    assert crop_square(Image.new("RGB", size)).size == (224, 224)


def test_transparency_is_seen_on_white() -> None:
    assert crop_square(Image.new("RGBA", (30, 30), (0, 0, 0, 0))).getpixel((100, 100)) == (255, 255, 255)


def test_sixteen_bits_are_seen_at_their_true_brightness() -> None:
    grey = Image.fromarray(np.full((40, 40), 32768, np.uint16))
    assert crop_square(grey).getpixel((100, 100)) == (128, 128, 128)


def test_the_network_knows_the_thousand_classes_and_some_more() -> None:
    assert len(set(classes())) == len(classes()) >= 1000


def test_shares_of_the_classes_sum_to_one_and_make_the_vector(photo: Image.Image) -> None:
    found = class_probabilities([photo])
    assert found.shape == (1, len(classes()))
    assert found.sum() == pytest.approx(1, abs=1e-4)
    assert classes()[found.argmax()] in {"n02121620", "n02123045", "n02123159", "n02124075"}  # cat, tabby, two more
    assert embed(found)[0] @ encode([photo])[0] > 0.7


def test_features_hold_what_the_classes_are_told_from(photo: Image.Image) -> None:
    found = extract_features([photo, photo])
    assert found.shape[:2] == (2, 2)
    assert np.allclose(classify(found), class_probabilities([photo, photo]), atol=1e-5)
    one, other = classify(found[:, :1]), classify(found[:, 1:])
    assert np.allclose(classify(found), (one + other) / 2, atol=1e-5) and np.abs(one - other).max() > 0.01


def test_a_wide_picture_is_seen_whole_and_in_its_middle() -> None:
    wide = Image.new("RGB", (400, 100), "black")
    wide.paste("white", (0, 0, 40, 100))
    assert squeeze_square(wide).getpixel((5, 100)) == (255, 255, 255)
    assert crop_square(wide, MIDDLE).getextrema() == ((0, 0),) * 3


def test_features_in_floating_point_are_nearly_those_in_eight_bits(
    photo: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = extract_features([photo])[0]
    monkeypatch.setattr(encoding, "_body", encoding._body.__wrapped__)  # not the one that is kept
    monkeypatch.setattr(eight_bit, "supported", lambda: False)
    full = extract_features([photo])[0]
    lengths = np.linalg.norm(usual, axis=1) * np.linalg.norm(full, axis=1)
    assert ((usual * full).sum(axis=1) / lengths).min() > 0.97


def test_pictures_seen_at_the_same_time_do_not_mix(photo: Image.Image) -> None:
    pictures = [photo, Image.fromarray(data.coffee()), Image.fromarray(data.rocket())]
    alone = [encode([picture])[0] for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda turn: encode([pictures[turn % 3]])[0], range(12)))
    assert all(np.allclose(found, alone[turn % 3], atol=1e-5) for turn, found in enumerate(together))


def test_a_model_that_names_no_pictures_is_told() -> None:
    with pytest.raises(UnknownModel, match=r"style\.paintings does not name pictures"):
        classes("style.paintings")


def test_no_pictures_have_no_shares() -> None:
    assert class_probabilities([]).shape == (0, len(classes()))


def test_files_are_read_square_in_order_and_bad_ones_say_why(photo: Image.Image, tmp_path: Path) -> None:
    photo.save(tmp_path / "cat.png")
    rocket = BytesIO()
    Image.fromarray(data.rocket()).save(rocket, "PNG")
    cat, bad, gone, ship = encode_files([tmp_path / "cat.png", b"no picture", tmp_path / "gone", rocket.getvalue()])
    assert not isinstance(cat, BadPicture) and not isinstance(ship, BadPicture)
    assert np.allclose(np.stack([cat[0], ship[0]]), encode([photo, Image.fromarray(data.rocket())]), atol=1e-4)
    assert (cat[1], ship[1]) == (dhash(photo), dhash(Image.fromarray(data.rocket())))
    assert isinstance(bad, BadPicture) and isinstance(gone, BadPicture) and "gone" in str(gone)
    assert list(encode_files([])) == []


def test_a_large_jpeg_is_opened_smaller_and_seen_as_the_same(photo: Image.Image) -> None:
    large, file = photo.resize((2706, 1800), Image.Resampling.LANCZOS), BytesIO()
    large.save(file, "JPEG", quality=95)
    coarse = open_reduced(file.getvalue())
    assert coarse.size == (1353, 900)  # an eighth or a quarter would leave less than twice what is looked at
    whole, part = encode([large, coarse])
    assert whole @ part > 0.999
