"""Uploads: what is opened, and that nothing else of the machine is."""

from pathlib import Path

import gradio as gr
import pytest
from heic_files import heic
from picture_files import TRUTH
from PIL import Image

from demo.settings import Settings
from demo.web.picture_fields import as_browsers_show
from demo.web.uploads import open_upload
from zoo.errors import BadPicture


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Gradio's folder of uploads."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "served"))
    (tmp_path / "served").mkdir()
    return tmp_path / "served"


def test_an_upload_keeps_the_name_it_had(served: Path) -> None:
    Image.new("RGB", (3, 2)).save(served / "f00.png")
    upload = open_upload({"path": str(served / "f00.png"), "orig_name": "Holiday.png"}, Settings())
    assert upload.name == "Holiday.png" and upload.picture.size == (3, 2)


def test_an_upload_over_the_api_is_opened_the_same(served: Path) -> None:
    Image.new("RGB", (3, 2)).save(served / "f00.png")
    assert open_upload(gr.FileData(path=str(served / "f00.png")), Settings()).name == "f00.png"


def test_no_upload_is_a_sentence_that_says_what_to_do() -> None:
    for nothing in (None, {}, {"path": None, "url": "data:image/png;base64,AAAA"}):
        with pytest.raises(BadPicture, match="choose, drop or paste"):
            open_upload(nothing, Settings())


def test_a_file_outside_the_uploads_is_not_opened(served: Path, tmp_path: Path) -> None:
    Image.new("RGB", (3, 2)).save(tmp_path / "private.png")
    (served / "link.png").symlink_to(tmp_path / "private.png")
    for path in (tmp_path / "private.png", served / ".." / "private.png", served / "link.png", served):
        with pytest.raises(BadPicture, match="not an uploaded file"):
            open_upload({"path": str(path)}, Settings())


def test_the_limits_of_the_server_hold(served: Path) -> None:
    Image.effect_noise((40, 40), 99).save(served / "noise.png")
    with pytest.raises(BadPicture, match="MiB"):
        open_upload({"path": str(served / "noise.png")}, Settings(max_bytes=500))
    with pytest.raises(BadPicture, match="too large"):
        open_upload({"path": str(served / "noise.png")}, Settings(), max_pixels=100)


def test_a_heic_photo_is_shown_as_a_jpeg_and_nothing_else_is_changed(served: Path) -> None:
    (served / "IMG_1.HEIC").write_bytes(heic(TRUTH))
    shown = as_browsers_show({"path": str(served / "IMG_1.HEIC"), "orig_name": "IMG_1.HEIC"})
    assert Path(str(shown)).name == "IMG_1.HEIC.jpg"
    assert open_upload({"path": shown}, Settings()).picture.size == (48, 32)
    Image.new("RGB", (3, 2)).save(served / "f00.png")
    (served / "damaged.heic").write_bytes(heic(TRUTH)[:100])
    for other in ("f00.png", "damaged.heic", "none.heic"):
        assert as_browsers_show({"path": str(served / other)}) == gr.skip()
    assert as_browsers_show(None) == gr.skip()
