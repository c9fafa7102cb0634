"""Results fill the room of the visitor who asks for them, as uploads do."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from demo.server.room import Room
from demo.web import served_files
from demo.web.downloads import save_result
from demo.web.saving import converted
from demo.web.served_files import keep_results_in
from zoo.errors import BadInput

NOISE = Image.effect_noise((100, 100), 50)  # some ten thousand bytes


@pytest.fixture(autouse=True)
def _room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    keep_results_in(Room(tmp_path, visitor=20_000, total=1_000_000, seconds=100.0))
    yield
    keep_results_in(None)


def test_a_visitor_who_keeps_much_makes_no_more_and_others_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served_files, "current_visitor", lambda: "203.0.113.7")
    first, _ = (save_result(NOISE, "a.png", "painted") for _ in range(2))
    with pytest.raises(BadInput, match="you keep much on this server already"):
        save_result(NOISE, "a.png", "painted")
    with pytest.raises(BadInput, match="you keep much"):
        converted(first, {"format": "JPEG", "quality": 90})
    monkeypatch.setattr(served_files, "current_visitor", lambda: "203.0.113.8")
    assert save_result(NOISE, "a.png", "painted").is_file()


def test_a_full_disk_takes_no_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "much").write_bytes(bytes(1_000_001))
    monkeypatch.setattr(served_files, "current_visitor", lambda: "203.0.113.7")
    with pytest.raises(BadInput, match="the server's disk is full"):
        save_result(NOISE, "a.png", "painted")


def test_who_sits_at_the_machine_fills_the_own_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served_files, "current_visitor", lambda: "127.0.0.1")
    assert all(save_result(NOISE, "a.png", "painted").is_file() for _ in range(3))
