"""Changes are noticed by themselves and gathered; what is no picture, and reading, is no change."""

import zipfile
from pathlib import Path

import pytest

from embeddings.library.watching import ALL, Watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    (made / "inner").mkdir(parents=True)
    (made / "a.jpg").write_bytes(b"a")
    return made


def test_changes_are_gathered_by_name(folder: Path) -> None:
    with Watch(folder, pause=0.3) as changes:
        (folder / "b.jpg").write_bytes(b"b")
        (folder / "inner" / "c.PNG").write_bytes(b"c")
        (folder / "a.jpg").rename(folder / "d.jpg")
        assert next(iter(changes)) == {"a.jpg", "b.jpg", "d.jpg", "inner/c.PNG"}


def test_what_is_no_picture_and_reading_is_no_change(folder: Path) -> None:
    with Watch(folder, pause=0.3) as changes:
        (folder / "notes.txt").write_text("no picture")
        (folder / ".hidden.jpg").write_bytes(b"hidden")
        (folder / "a.jpg").read_bytes()
        (folder / "b.jpg").write_bytes(b"b")
        assert next(iter(changes)) == {"b.jpg"}


def test_a_folder_that_comes_or_goes_asks_for_all(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "b.jpg").write_bytes(b"b")
    with Watch(folder, pause=0.3) as changes:
        (tmp_path / "album").rename(folder / "album")
        assert next(iter(changes)) is ALL
        (folder / "inner").rmdir()
        assert next(iter(changes)) is ALL


def test_a_zip_that_changes_is_listed_anew(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    path.write_bytes(b"")
    with Watch(path, pause=0.3) as changes:
        (tmp_path / "other.jpg").write_bytes(b"")
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("a.jpg", b"a")
        assert next(iter(changes)) is ALL


def test_all_is_listed_anew_from_time_to_time_also_where_the_system_tells_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    changes = Watch(folder, relist=0.01)

    def refused() -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr(changes._observer, "start", refused)
    with changes:
        assert next(iter(changes)) is ALL
    assert "inotify watch limit reached" in caplog.text
