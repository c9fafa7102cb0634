"""Results as files: names, formats, and what is written inside."""

from pathlib import Path

import pytest
from PIL import Image

from demo.web.downloads import SHOWN_SIDE, as_shown, reduced, save_result
from zoo.images.decode import open_picture


@pytest.fixture(autouse=True)
def _served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "served"))


@pytest.mark.parametrize(
    ("uploaded", "saved"),
    [
        ("photo.png", "photo-x4.png"),
        ("photo.JPG", "photo-x4.jpg"),
        ("my holiday (2).webp", "my-holiday-2-x4.png"),
        ("../../etc/passwd", "passwd-x4.png"),
        ("😀.png", "picture-x4.png"),
    ],
)
def test_a_result_is_named_after_the_upload(uploaded: str, saved: str) -> None:
    assert save_result(Image.new("RGB", (2, 2)), uploaded, "x4").name == saved


def test_a_result_with_transparency_is_never_a_jpeg() -> None:
    assert save_result(Image.new("RGBA", (2, 2)), "photo.jpg", "x4").suffix == ".png"


def test_two_results_of_one_name_do_not_meet() -> None:
    one, two = (save_result(Image.new("RGB", (2, 2), colour), "a.png", "x4") for colour in ("red", "blue"))
    assert one != two and open_picture(one).getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_how_it_was_made_is_written_inside(name: str) -> None:
    with Image.open(save_result(Image.new("RGB", (2, 2)), name, "painted", "strength 0.5")) as made:
        remark = made.info["Comment"] if name.endswith("png") else made.info["comment"].decode()
    assert remark == "strength 0.5"


def test_a_large_result_is_shown_reduced_and_a_small_one_as_it_is() -> None:
    small = Image.new("RGB", (30, 20))
    assert reduced(small, 30) is small
    assert reduced(Image.new("RGB", (300, 2)), 30).size == (30, 1)
    wide = Image.new("RGB", (2 * SHOWN_SIDE, 2))
    saved = save_result(wide, "a.png", "painted")
    shown = Path(as_shown(wide, saved))
    assert shown.parent.parent == saved.parent and open_picture(shown).size == (SHOWN_SIDE, 1)
    assert as_shown(small, saved) == str(saved)
