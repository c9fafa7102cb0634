"""The picture set follows its folder and survives being stopped."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from embeddings import pictures
from embeddings.errors import BadQuery, IndexRefused
from embeddings.pictures import PictureSet, card_path, index_folder, indexed_folders
from embeddings.vectors import data_sha256


class Eye:
    """Encodes a file by its first byte, and counts; a file that starts with "x" is unreadable."""

    def __init__(self) -> None:
        self.looked: list[str] = []

    def __call__(self, path: Path) -> np.ndarray:
        self.looked.append(path.name)
        text = path.read_text()
        if text.startswith("x"):
            raise ValueError(f"{path.name} is no picture")
        vector = np.zeros(4, dtype=np.float32)
        vector[ord(text[0]) % 4] = 1
        return vector


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "photos"
    (made / "inner").mkdir(parents=True)
    for name, text in {"a.jpg": "a", "b.PNG": "b", "inner/c.webp": "c", "notes.txt": "no"}.items():
        (made / name).write_text(text)
    return made


@pytest.fixture
def index(tmp_path: Path, folder: Path) -> Callable[..., PictureSet]:
    def indexed(eye: Eye, model: str = "m") -> PictureSet:
        list(index_folder(folder, eye, model=model, where=tmp_path / "cache", dimension=4))
        return PictureSet.open(folder, model=model, where=tmp_path / "cache")

    return indexed


def test_all_pictures_below_the_folder_are_indexed(index: Callable[..., PictureSet]) -> None:
    found = index(Eye())
    assert set(found.pictures) == {"a.jpg", "b.PNG", "inner/c.webp"}
    assert len(found) == 3


def test_nothing_is_written_among_the_pictures(index: Callable[..., PictureSet], folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    index(Eye())
    assert sorted(folder.rglob("*")) == before


def test_a_second_look_reads_only_what_is_new_or_changed(index: Callable[..., PictureSet], folder: Path) -> None:
    index(Eye())
    (folder / "a.jpg").write_text("different")
    (folder / "d.jpg").write_text("d")
    eye = Eye()
    found = index(eye)
    assert sorted(eye.looked) == ["a.jpg", "d.jpg"]
    best = [id for id, score in found.index.search(eye(folder / "d.jpg"), 3) if score > 0.9]
    assert sorted(path.name for path in found.paths(best)) == ["a.jpg", "d.jpg"]


def test_a_new_date_alone_is_no_change(index: Callable[..., PictureSet], folder: Path) -> None:
    index(Eye())
    os.utime(folder / "a.jpg", (1, 1))
    eye = Eye()
    index(eye)
    assert eye.looked == []


def test_an_unchanged_folder_is_not_saved_again(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    index(Eye())
    saved = card_path(folder, tmp_path / "cache").stat().st_mtime_ns
    index(Eye())
    assert card_path(folder, tmp_path / "cache").stat().st_mtime_ns == saved


def test_a_change_of_content_under_the_same_size_is_seen(index: Callable[..., PictureSet], folder: Path) -> None:
    index(Eye())
    (folder / "a.jpg").write_text("d")
    os.utime(folder / "a.jpg", (1, 1))
    eye = Eye()
    index(eye)
    assert eye.looked == ["a.jpg"]


def test_a_deleted_picture_is_forgotten_and_its_id_is_not_used_again(
    index: Callable[..., PictureSet], folder: Path
) -> None:
    old = index(Eye()).pictures["a.jpg"]["id"]
    (folder / "a.jpg").unlink()
    (folder / "z.jpg").write_text("z")
    found = index(Eye())
    assert "a.jpg" not in found.pictures
    assert old not in found.index
    assert found.pictures["z.jpg"]["id"] != old


def test_an_unreadable_picture_is_listed_and_not_read_again(index: Callable[..., PictureSet], folder: Path) -> None:
    (folder / "bad.jpg").write_text("x")
    found = index(Eye())
    assert list(found.unreadable) == ["bad.jpg"]
    assert len(found) == 3
    eye = Eye()
    index(eye)
    assert eye.looked == []


def test_a_picture_that_becomes_unreadable_is_no_longer_found(index: Callable[..., PictureSet], folder: Path) -> None:
    index(Eye())
    (folder / "a.jpg").write_text("xx")
    found = index(Eye())
    assert "a.jpg" not in found.pictures
    assert len(found) == 2
    assert list(found.unreadable) == ["a.jpg"]


def test_progress_counts_up_to_all_pictures_and_notes_the_bad(tmp_path: Path, folder: Path) -> None:
    (folder / "bad.jpg").write_text("x")
    steps = list(index_folder(folder, Eye(), model="m", where=tmp_path, dimension=4))
    assert [step.done for step in steps] == [0, 1, 2, 3, 4]
    assert {step.total for step in steps} == {4}
    assert [step.note for step in steps if step.note] == ["bad.jpg: bad.jpg is no picture"]


def test_work_done_before_a_stop_is_kept(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    steps = index_folder(folder, Eye(), model="m", where=tmp_path / "cache", dimension=4)
    while next(steps).done < 2:
        pass
    steps.close()
    eye = Eye()
    assert len(index(eye)) == 3
    assert eye.looked == ["c.webp"]


KILLED = """
import os, sys
from pathlib import Path
import numpy as np
from embeddings import pictures
pictures.SAVE_EVERY = 1
def encode(path):
    if path.name == "c.webp":
        os._exit(9)
    return np.ones(4)
list(pictures.index_folder(sys.argv[1], encode, model="m", where=Path(sys.argv[2]), dimension=4))
"""


def test_a_kill_leaves_the_index_of_the_last_save(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, folder, tmp_path / "cache"], check=False)
    assert killed.returncode == 9
    assert set(PictureSet.open(folder, where=tmp_path / "cache").pictures) == {"a.jpg", "b.PNG"}
    eye = Eye()
    assert len(index(eye)) == 3
    assert eye.looked == ["c.webp"]


def test_a_picture_that_vanishes_meanwhile_is_passed_over(tmp_path: Path, folder: Path) -> None:
    eye = Eye()
    steps = index_folder(folder, eye, model="m", where=tmp_path / "cache", dimension=4)
    next(steps)
    (folder / "b.PNG").unlink()
    assert [bool(step.note) for step in steps] == [False, True, False]
    assert set(PictureSet.open(folder, where=tmp_path / "cache").pictures) == {"a.jpg", "inner/c.webp"}


def test_another_model_starts_anew(index: Callable[..., PictureSet]) -> None:
    index(Eye(), model="old")
    eye = Eye()
    assert len(index(eye, model="new")) == 3
    assert len(eye.looked) == 3


def test_vectors_of_another_word_space_are_refused_and_made_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    card = card_path(folder, tmp_path / "cache")
    index(Eye())
    card.write_text(card.read_text().replace(data_sha256(), "0" * 64))
    with pytest.raises(IndexRefused, match="other noun vectors"):
        PictureSet.open(folder, where=tmp_path / "cache")
    assert len(index(Eye())) == 3


def test_a_damaged_index_is_made_again(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    index(Eye())
    card_path(folder, tmp_path / "cache").write_text("torn")
    assert len(index(Eye())) == 3


def test_a_vanished_folder_is_named(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    index(Eye())
    folder.rename(tmp_path / "moved")
    with pytest.raises(BadQuery, match=r"no folder .*photos"):
        index(Eye())
    with pytest.raises(BadQuery, match=r"no folder .*photos"):
        PictureSet.open(folder, where=tmp_path / "cache")
    assert indexed_folders(tmp_path / "cache") == [folder]


def test_a_folder_never_indexed_says_how(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(BadQuery, match="python -m embeddings index"):
        PictureSet.open(folder, where=tmp_path / "cache")


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match="no pictures"):
        list(index_folder(tmp_path, Eye(), model="m", where=tmp_path / "cache", dimension=4))


def test_too_many_pictures_are_refused(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MAX_PICTURES", 2)
    with pytest.raises(BadQuery, match="more than 2"):
        list(index_folder(folder, Eye(), model="m", where=tmp_path / "cache", dimension=4))


def test_the_cache_may_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path))
    assert pictures.cache_folder() == tmp_path
