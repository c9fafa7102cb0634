"""The folder of uploads: cleared while the server runs whatever lies in it."""

import time
from pathlib import Path

import pytest

from demo.server.cleaning import Cleaning
from demo.web.served_files import renewed


def test_old_files_and_empty_folders_go_and_those_of_the_page_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thumbnails").mkdir()
    (tmp_path / "thumbnails" / "own.webp").write_bytes(b"1")
    known = {str(tmp_path / "upload" / "a.png"), "other"}
    cleaning = Cleaning(tmp_path, 100.0, [known])
    (tmp_path / "upload").mkdir()
    (tmp_path / "upload" / "a.png").write_bytes(b"1")
    (tmp_path / "loop").symlink_to(tmp_path)
    cleaning.clean()
    assert (tmp_path / "upload" / "a.png").exists()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 200.0)
    cleaning.clean()
    cleaning.clean()
    assert [path.name for path in tmp_path.rglob("*")] == ["thumbnails", "own.webp"] and known == {"other"}


def test_a_folder_that_a_long_job_is_about_to_fill_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaning = Cleaning(tmp_path, 4000.0)
    (tmp_path / "result").mkdir()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2000.0)
    cleaning.clean()
    assert (tmp_path / "result").is_dir()


def test_what_cannot_be_deleted_does_not_keep_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaning = Cleaning(tmp_path, -1.0)
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(b"1")
    unlink = Path.unlink

    def deny(path: Path) -> None:
        if path.name == "b":
            raise PermissionError
        unlink(path)

    monkeypatch.setattr(Path, "unlink", deny)
    cleaning.clean()
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_what_is_handed_out_again_is_kept_as_if_it_were_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaning = Cleaning(tmp_path, 0.2)
    for name in ("asked-for.webp", "forgotten.webp"):
        (tmp_path / name).write_bytes(b"1")
    old = max(path.stat().st_ctime for path in tmp_path.iterdir())
    while time.time() <= old + 0.01:  # the clock of the file system is coarse
        time.sleep(0.001)
    assert renewed(tmp_path / "asked-for.webp") and not renewed(tmp_path / "none.webp")
    new = (tmp_path / "asked-for.webp").stat().st_ctime
    assert new > old
    monkeypatch.setattr(time, "time", lambda: (old + new) / 2 + 0.2)
    cleaning.clean()
    assert [path.name for path in tmp_path.iterdir()] == ["asked-for.webp"]
