"""The Upscale tab as a visitor uses it."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_requests import Write
from page_visitor import PageRefused, Visitor
from picture_files import encoded, quarters
from PIL import Image, ImageChops

from demo.upscale.tab import CHANGED, LARGEST_SHOWN, TRUE, compared, facts
from demo.web.several import LABEL
from zoo.images.decode import open_picture
from zoo.superres.networks import FIDELITY, SHARP


def saved(shown: dict[str, Any]) -> Path:
    """The file behind the button."""
    return Path(shown["Save"]["value"]["path"])


def test_a_picture_is_enlarged_four_times_and_shown_beside_bicubic(visitor: Visitor, upload: Write) -> None:
    photo = visitor.upload(upload("my photo.png", encoded(quarters(), "PNG")))
    shown = visitor.press("Enlarge", {"Your picture": photo})
    assert saved(shown).name == "my-photo-x4.png" and open_picture(saved(shown)).size == (192, 128)
    value = shown["Plain resize and Iris"]["value"]
    bicubic, ours = (open_picture(value[side].removeprefix("/gradio_api/file=")) for side in ("before", "after"))
    assert bicubic.size == ours.size == (192, 128) and ImageChops.difference(bicubic, ours).getbbox()
    assert "192 x 128 pixels" in shown["iris-status"] and "dB" in shown["iris-status"]


def test_of_an_animation_the_first_frame_is_enlarged_and_the_page_says_so(visitor: Visitor, upload: Write) -> None:
    other = Image.new("RGB", quarters().size)
    moving = encoded(quarters(), "GIF", save_all=True, append_images=[other])
    shown = visitor.press("Enlarge", {"Your picture": visitor.upload(upload("a.gif", moving))})
    assert open_picture(saved(shown)).getpixel((4, 4)) != (0, 0, 0) and "only the first" in shown["iris-status"]


def test_a_width_may_be_asked_for(visitor: Visitor, upload: Write) -> None:
    photo = visitor.upload(upload("a.png", encoded(quarters(), "PNG")))
    shown = visitor.press("Enlarge", {"Your picture": photo, "How large": "width", "Width in pixels": 100})
    assert saved(shown).name == "a-100px.png" and open_picture(saved(shown)).size == (100, 67)


def test_a_picture_may_be_enlarged_by_other_factors(visitor: Visitor, upload: Write) -> None:
    photo = visitor.upload(upload("a.png", encoded(quarters(), "PNG")))
    shown = visitor.press("Enlarge", {"Your picture": photo, "How large": 2})
    assert saved(shown).name == "a-x2.png" and open_picture(saved(shown)).size == (96, 64)


def test_sixteen_bits_stay_sixteen_in_the_file(visitor: Visitor, upload: Write) -> None:
    deep = Image.fromarray(np.linspace(0, 60_000, 20 * 16).astype(np.uint16).reshape(16, 20))
    shown = visitor.press("Enlarge", {"Your picture": visitor.upload(upload("deep.png", encoded(deep, "PNG")))})
    large = open_picture(saved(shown))
    assert large.mode == "I;16" and large.size == (80, 64) and len(np.unique(np.asarray(large))) > 256


def test_a_file_says_which_model_made_it(visitor: Visitor, upload: Write) -> None:
    photo = visitor.upload(upload("a.png", encoded(quarters(), "PNG")))
    shown = visitor.press("Enlarge", {"Your picture": photo, "Model": FIDELITY, "Detail": 0.5})
    assert open_picture(saved(shown)).size == (192, 128)
    with Image.open(saved(shown)) as file:
        assert file.info["Comment"] == f"Iris {FIDELITY}, detail 0.5"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"How large": "width", "Width in pixels": "wide"}, "width"), ({"How large": 5}, "scale"),
        ({"How large": "width", "Width in pixels": "-3"}, "width"), ({"How large": "/etc/passwd"}, "scale"),
        ({"How large": "width", "Width in pixels": None}, "no width"),
        ({"Model": "/etc/passwd"}, "enlarges"), ({"Model": 7}, "model"), ({"Model": SHARP, "Detail": 7}, "detail"),
        ({"Model": "sr.realesrgan-x4"}, "not on this server"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(visitor: Visitor, upload: Write, given: dict[str, object], reason: str) -> None:
    photo = visitor.upload(upload("a.png", encoded(quarters(), "PNG")))
    with pytest.raises(PageRefused, match=reason):
        visitor.press("Enlarge", {"Your picture": photo} | given)


@pytest.mark.parametrize("mode", ["RGB", "L", "I;16", "LA", "RGBA"])
def test_pictures_of_any_mode_are_compared_at_equal_size(mode: str) -> None:
    small = Image.new("I;16", (10, 6), 40_000) if mode == "I;16" else quarters(mode).resize((10, 6))
    plain, ours = compared(small, small.resize((40, 24)))
    assert plain.size == ours.size == (40, 24) and plain.mode == ours.mode == ("RGBA" if "A" in mode else "RGB")
    assert abs(int(np.asarray(plain).mean()) - int(np.asarray(ours).mean())) < 4


def test_a_large_result_is_compared_reduced_and_the_page_says_so() -> None:
    small = quarters().resize((1100, 6))
    plain, ours = compared(small, small.resize((4400, 24)))
    assert plain.size == ours.size == (LARGEST_SHOWN, 22)
    assert "Shown reduced" in facts(small, small.resize((4400, 24)), 1.0)


def test_what_was_made_up_is_said() -> None:
    noise = Image.effect_noise((24, 16), 80).convert("RGB")
    true = noise.resize((96, 64), Image.Resampling.BICUBIC)
    assert TRUE in facts(Image.new("RGB", (24, 16), "teal"), Image.new("RGB", (96, 64), "teal"), 1.0)
    assert CHANGED in facts(noise, ImageChops.invert(true), 1.0)


def test_nothing_is_said_of_shrinking_back_what_was_shrunk() -> None:
    assert "dB" not in facts(quarters(), quarters().resize((24, 16)), 1.0)


def test_the_size_of_the_result_is_told_before_the_run(visitor: Visitor, upload: Write) -> None:
    photo = visitor.upload(upload("a.png", encoded(quarters(), "PNG")))
    shown = visitor.change("Your picture", "change", {"Your picture": photo}, has="Plain resize and Iris")
    assert "48 x 32 becomes 192 x 128 pixels" in shown["iris-status"]


def test_a_picture_that_cannot_be_used_is_refused_as_soon_as_it_is_given(visitor: Visitor, upload: Write) -> None:
    letter = visitor.upload(upload("letter.png", b"Dear Iris"))
    shown = visitor.change("Your picture", "change", {"Your picture": letter}, has="Plain resize and Iris")
    assert ">letter.png is not a picture" in shown["iris-status"] and "iris-failed" in shown["iris-status"]
    assert "iris-stale" in shown["Plain resize and Iris"]["elem_classes"]


def test_a_sample_is_enlarged_before_anything_is_given(visitor: Visitor) -> None:
    shown = visitor.open(1)
    value = shown["Plain resize and Iris"]["value"]
    assert value["size"] == [1024, 1024] and value["before"] != value["after"] and shown["iris-actions"]["visible"]


def test_several_pictures_are_enlarged_into_one_zip_and_a_bad_one_is_left_out(visitor: Visitor, upload: Write) -> None:
    given = [upload("a.png", encoded(quarters(), "PNG")), upload("letter.png", b"Dear Iris")]
    shown = visitor.press("Enlarge them all", {LABEL: [visitor.upload(path) for path in given], "How large": 2})
    with zipfile.ZipFile(shown["Save all as a zip"]["value"]["path"]) as archive:
        assert archive.namelist() == ["a-x2.png"]
    assert "letter.png is left out" in shown["iris-status"] and len(shown["Your pictures"]["value"]["tiles"]) == 1
