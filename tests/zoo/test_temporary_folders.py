"""Temporary folders: gone at the end of their program, or at the start of the next where it was killed."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from clip_files import save_clip, scene

from zoo import files
from zoo.files import remove_abandoned_folders, temporary_folder

FOLDER = "import os; from zoo.files import temporary_folder\nwith temporary_folder(): os._exit(9)"
CLIP = """
import os
from pathlib import Path
from zoo.style.fast import styles
from zoo.style.video import stylize_clip
steps = stylize_clip(Path("clip.mp4").read_bytes(), ".mp4", {styles()[0]: 1.0})
next(steps)
os._exit(9)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_temporary_folder_is_gone_at_the_end(temporary: Path) -> None:
    with temporary_folder() as folder:
        (folder / "upload.png").write_bytes(b"1")
        assert folder.parent == temporary
    assert list(temporary.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("work", [FOLDER, CLIP], ids=["folder", "clip"])
def test_a_temporary_folder_in_use_stays_and_that_of_a_killed_program_goes(
    work: str, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_clip(temporary / "clip.mp4", scene())
    environment = os.environ | {"TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", work], env=environment, cwd=temporary, check=False)
    assert len(list(temporary.glob("iris-*/.lock"))) == 1
    (temporary / "iris-of-another-program").mkdir()
    (temporary / "iris-link").symlink_to(temporary / "iris-of-another-program")
    monkeypatch.setattr(files, "UNLOCKED_SECONDS", 0.0)
    with temporary_folder() as folder:
        there = {path.name for path in temporary.glob("iris-*")}
        assert there == {"iris-of-another-program", "iris-link", folder.name}
        remove_abandoned_folders(temporary)
        assert folder.is_dir()


def test_a_temporary_folder_that_is_not_locked_yet_is_not_taken_for_an_abandoned_one(temporary: Path) -> None:
    (temporary / "iris-new").mkdir()
    (temporary / "iris-new" / ".lock").touch()
    remove_abandoned_folders(temporary)
    assert (temporary / "iris-new").is_dir()


def test_the_temporary_folder_of_another_user_is_not_looked_into(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stat = Path.stat

    def closed(path: Path, **options: bool) -> os.stat_result:
        if path.name == ".lock":
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **options)

    (temporary / "iris-of-another-user").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: -1)
    monkeypatch.setattr(Path, "stat", closed)
    remove_abandoned_folders(temporary)
    assert [path.name for path in temporary.iterdir()] == ["iris-of-another-user"]
