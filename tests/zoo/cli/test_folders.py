"""Folders of pictures on the command line: bad ones among them, results that are there, kills."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_outcomes import BAD_FILES, refused, said
from picture_files import bomb

from zoo.__main__ import main
from zoo.files import written_beside


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize("command", [["upscale"], ["stylize", "--style", "wave"]])
def test_a_folder_goes_on_past_bad_pictures_and_lists_them(
    command: list[str], photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "aa.png").write_bytes(BAD_FILES["cut.png"])
    (photos / "z.webp").write_bytes(bomb())
    (photos / "notes.txt").write_text("not among the pictures")
    target = tmp_path / "results"
    assert main([*command, str(photos), str(target)]) == 1
    out, err = said(capsys)
    lines = err.strip().split("\n")
    assert out == "" and lines[0] == "left out: files that are no pictures: 1 (.txt)"
    assert lines[1].startswith("aa.png is damaged") and lines[2].startswith("z.webp is too large")
    assert lines[3].startswith(f"2 of the pictures in {photos}") and len(lines) == 4
    assert sorted(path.name for path in target.iterdir()) == ["a.png", "b.jpg"]
    (photos / "aa.png").unlink(), (photos / "z.webp").unlink()
    assert main([*command, str(photos), str(target)]) == 0


@pytest.mark.usefixtures("small_models")
def test_folders_within_a_folder_are_done_too_and_results_within_it_are_not(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (photos / "2020").mkdir()
    (photos / "a.png").rename(photos / "2020" / "b.jpg")
    (photos / "2020" / "bad.png").write_bytes(BAD_FILES["cut.png"])
    target = photos / "large"
    for _ in range(2):
        assert main(["upscale", str(photos), str(target)]) == 1
        assert said(capsys)[1].startswith("in 2020: bad.png is damaged")
        assert sorted(path.relative_to(target) for path in target.rglob("*.*")) == [Path("2020/b.jpg"), Path("b.jpg")]


@pytest.mark.usefixtures("small_models")
@pytest.mark.parametrize("command", [["upscale"], ["stylize", "--style", "wave"]])
def test_what_is_there_already_is_not_done_again_where_that_is_asked_for(
    command: list[str], photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "results"
    target.mkdir()
    (target / "a.png").write_bytes(b"done before")
    assert main([*command, str(photos), str(target), "--skip-existing"]) == 0
    assert said(capsys)[1] == "left out: results that are there already: 1\n"
    assert (target / "a.png").read_bytes() == b"done before"
    assert (target / "b.jpg").stat().st_size > 100
    assert main([*command, str(photos / "a.png"), str(target / "a.png"), "--skip-existing"]) == 0
    assert (target / "a.png").read_bytes() == b"done before"
    assert main([*command, str(photos), str(target)]) == 0
    assert (target / "a.png").read_bytes() != b"done before"


KILLED = """
import os, signal, sys
from pathlib import Path
from zoo.files import written_beside
with written_beside(Path(sys.argv[1])) as part:
    part.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.usefixtures("small_models")
def test_what_a_killed_run_left_is_cleaned_and_what_another_writes_is_not(photos: Path, tmp_path: Path) -> None:
    target = tmp_path / "results"
    (target / "in").mkdir(parents=True)
    for name in ("a.png", "in/b.png"):
        subprocess.run([sys.executable, "-c", KILLED, target / name], check=False)
    assert len(list(target.rglob("*.part"))) == 2
    (target / "mine.part").write_bytes(b"a user's own")
    with written_beside(target / "c.png") as part:
        part.write_bytes(b"half")
        assert main(["upscale", str(photos), str(target)]) == 0
        assert sorted(target.rglob("*.part")) == sorted([part, target / "mine.part"])


@pytest.mark.usefixtures("small_models")
def test_ctrl_c_stops_cleanly_and_keeps_what_is_done(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, saved = os.replace, []

    def interrupted(source: Path, target: Path) -> None:
        if saved:
            raise KeyboardInterrupt
        saved.append(target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    target = tmp_path / "results"
    assert "stopped" in refused(capsys, 130, "upscale", photos, target)
    assert [path.name for path in target.iterdir()] == ["a.png"]


@pytest.mark.usefixtures("small_models")
def test_folders_that_do_not_fit_each_other_are_refused(
    photos: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    assert "must be one too" in refused(capsys, 2, "upscale", photos, photo)
    assert "must be one too" in refused(capsys, 2, "upscale", photos, tmp_path / "no" / "where")
    assert "name another" in refused(capsys, 2, "upscale", photos, photos)
    assert "no picture in" in refused(capsys, 2, "upscale", tmp_path / "empty", tmp_path / "out")
    assert "there is no file" in refused(capsys, 2, "upscale", tmp_path / "missing", tmp_path / "out.png")
    assert sorted(tmp_path.rglob("*")) == before
