"""One picture or a folder of them: what cannot end well is refused before the work, what is left out is told."""

import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from picture_files import encoded, long_text, quarters
from PIL import Image

from zoo.errors import BadInput
from zoo.images.batch import run_on
from zoo.progress import Progress

WIDE = Image.new("L", (4200, 2))


def no_work(picture: Image.Image) -> Iterator[Progress[Image.Image]]:
    raise AssertionError("the work was begun")
    yield


def copied(picture: Image.Image) -> Iterator[Progress[Image.Image]]:
    yield Progress(1, 1, result=picture)


def four_times(size: tuple[int, int]) -> tuple[int, int]:
    return 4 * size[0], 4 * size[1]


def test_a_result_too_large_for_its_format_is_refused_before_the_work(tmp_path: Path) -> None:
    WIDE.save(tmp_path / "in.png")
    with pytest.raises(BadInput, match="WEBP cannot hold 16800 x 8 pixels; save as"):
        run_on(tmp_path / "in.png", tmp_path / "out.webp", no_work, size_of=four_times)


def test_a_name_that_the_disk_cannot_hold_is_refused_before_the_work(tmp_path: Path) -> None:
    WIDE.save(tmp_path / "in.png")
    with pytest.raises(BadInput, match=r"File name too long.*save it elsewhere"):
        run_on(tmp_path / "in.png", tmp_path / f"{'n' * 260}.png", no_work)


def test_in_a_folder_only_the_picture_that_is_too_large_is_left(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    WIDE.save(tmp_path / "in" / "wide.webp")
    quarters().save(tmp_path / "in" / "small.webp")
    failures = run_on(tmp_path / "in", tmp_path / "out", copied, size_of=four_times).failures
    assert len(failures) == 1 and failures[0].startswith("wide.webp: WEBP cannot hold")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["small.webp"]


def test_a_picture_is_not_replaced_by_its_own_result(tmp_path: Path) -> None:
    quarters().save(tmp_path / "in.png")
    (tmp_path / "link.png").symlink_to(tmp_path / "in.png")
    before = (tmp_path / "in.png").read_bytes()
    for target in (tmp_path / "in.png", tmp_path / "link.png"):
        with pytest.raises(BadInput, match="OUT is the picture itself"):
            run_on(tmp_path / "in.png", target, no_work)
    assert (tmp_path / "in.png").read_bytes() == before


@pytest.mark.parametrize("name", ["one.gif", "folder"])
def test_frames_that_are_left_out_are_told(name: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "folder").mkdir()
    frames = encoded(quarters(), "GIF", save_all=True, append_images=[Image.new("RGB", (48, 32), "red")])
    for place in (tmp_path / "one.gif", tmp_path / "folder" / "two.gif"):
        place.write_bytes(frames)
    with caplog.at_level(logging.WARNING):
        assert run_on(tmp_path / name, tmp_path / ("out.gif" if name == "one.gif" else "out"), copied).failures == ()
    assert "only the first is taken" in caplog.text


@pytest.mark.parametrize("name", ["in.png", "in"])
def test_a_picture_with_a_long_text_is_worked_on(name: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for place in (tmp_path / "in.png", tmp_path / "in" / "a.png"):
        place.write_bytes(encoded(quarters(), "PNG", pnginfo=long_text()))
    assert run_on(tmp_path / name, tmp_path / ("out.png" if name == "in.png" else "out"), copied).failures == ()
    assert (tmp_path / ("out.png" if name == "in.png" else "out/a.png")).is_file()


def test_a_folder_of_results_is_not_called_like_a_picture(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    quarters().save(tmp_path / "in" / "a.png")
    with pytest.raises(BadInput, match=r"out\.png is called like a picture"):
        run_on(tmp_path / "in", tmp_path / "out.png", no_work)
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("source", ["in.png", "in"])
def test_what_a_killed_run_left_half_written_is_gone_after_the_next(source: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    for path in (tmp_path / "in.png", tmp_path / "in" / "a.png"):
        quarters().save(path)
    killed = (
        "import os, pathlib, signal, sys; from zoo.files import written_beside\n"
        "with written_beside(pathlib.Path(sys.argv[1])) as part: part.write_bytes(b'half'); os.kill(os.getpid(), 9)"
    )
    target = tmp_path / "out" / "a.png"
    assert subprocess.run([sys.executable, "-c", killed, target]).returncode == -signal.SIGKILL
    assert [path.suffix for path in target.parent.iterdir()] == [".part"]
    run_on(tmp_path / source, target if source == "in.png" else target.parent, copied)
    assert list(target.parent.iterdir()) == [target]
