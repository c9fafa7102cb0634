"""The picture set follows its folder and survives being stopped."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from picture_sets import ByteEncoder, first_names, opened

from embeddings.library.collection import PictureSet, forget, indexed_folders, library_path
from embeddings.library.indexing import index_folder
from embeddings.results import EncodedPicture
from zoo.errors import BadQuery, IrisError
from zoo.files import cache_folder
from zoo.progress import run_to_end


def test_all_pictures_below_the_folder_are_indexed(index: Callable[..., PictureSet]) -> None:
    found = index(ByteEncoder())
    assert first_names(found) == {"a.jpg", "b.PNG", "inner/c.webp"}
    assert len(found) == 3


def test_nothing_is_written_among_the_pictures(index: Callable[..., PictureSet], folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    index(ByteEncoder())
    assert sorted(folder.rglob("*")) == before


def test_a_second_look_reads_only_what_is_new_or_changed(index: Callable[..., PictureSet], folder: Path) -> None:
    index(ByteEncoder())
    (folder / "a.jpg").write_text("different")
    (folder / "d.jpg").write_text("d")
    eye = ByteEncoder()
    found = index(eye)
    assert sorted(eye.looked) == ["a.jpg", "d.jpg"]
    (seen,) = eye([folder / "d.jpg"])
    assert isinstance(seen, EncodedPicture)
    best = [id for id, score in found.index.search(seen.vector, 3) if score > 0.9]
    assert sorted(found.names(best)) == ["a.jpg", "d.jpg"]


def test_a_new_date_alone_is_no_change(index: Callable[..., PictureSet], folder: Path) -> None:
    index(ByteEncoder())
    os.utime(folder / "a.jpg", (1, 1))
    eye = ByteEncoder()
    index(eye)
    assert eye.looked == []


def test_an_unchanged_folder_is_not_saved_again(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    index(ByteEncoder()).store.close()
    saved = library_path(folder, tmp_path / "cache").read_bytes()
    index(ByteEncoder()).store.close()
    assert library_path(folder, tmp_path / "cache").read_bytes() == saved


def test_a_change_of_content_under_the_same_size_is_seen(index: Callable[..., PictureSet], folder: Path) -> None:
    index(ByteEncoder())
    (folder / "a.jpg").write_text("d")
    os.utime(folder / "a.jpg", (1, 1))
    eye = ByteEncoder()
    index(eye)
    assert eye.looked == ["a.jpg"]


def test_a_deleted_picture_is_forgotten_and_its_id_is_not_used_again(
    index: Callable[..., PictureSet], folder: Path
) -> None:
    ids = [id for id, _ in index(ByteEncoder()).index.search(np.ones(4), 9)]
    (folder / "inner" / "c.webp").unlink()
    (folder / "z.jpg").write_text("z")
    found = index(ByteEncoder())
    assert first_names(found) == {"a.jpg", "b.PNG", "z.jpg"}
    [new] = {id for id, _ in found.index.search(np.ones(4), 9)} - set(ids)
    assert new > max(ids) and found.names([new]) == ["z.jpg"]


def test_an_unreadable_picture_is_listed_and_not_read_again(index: Callable[..., PictureSet], folder: Path) -> None:
    (folder / "bad.jpg").write_text("x")
    found = index(ByteEncoder())
    assert list(found.unreadable) == ["bad.jpg"]
    assert len(found) == 3
    eye = ByteEncoder()
    index(eye)
    assert eye.looked == []


def test_a_picture_that_becomes_unreadable_is_no_longer_found(index: Callable[..., PictureSet], folder: Path) -> None:
    index(ByteEncoder())
    (folder / "a.jpg").write_text("xx")
    found = index(ByteEncoder())
    assert "a.jpg" not in first_names(found)
    assert len(found) == len(found.index.search(np.ones(4), 9)) == 2
    assert list(found.unreadable) == ["a.jpg"]


def test_progress_counts_up_to_all_pictures_and_notes_the_bad(tmp_path: Path, folder: Path) -> None:
    (folder / "bad.jpg").write_text("x")
    steps = list(index_folder(folder, ByteEncoder(), model="m", where=tmp_path, dimension=4))
    assert [step.done for step in steps] == [0, 1, 2, 3, 4, 4]
    assert {step.total for step in steps} == {4}
    assert [step.note for step in steps if step.note] == ["bad.jpg: bad.jpg is no picture"]


def test_a_picture_that_vanishes_meanwhile_is_passed_over(tmp_path: Path, folder: Path) -> None:
    eye = ByteEncoder()
    steps = index_folder(folder, eye, model="m", where=tmp_path / "cache", dimension=4)
    next(steps)
    (folder / "b.PNG").unlink()
    assert [step.note.split(":")[0] for step in steps if step.note] == ["b.PNG"]
    assert first_names(opened(folder, tmp_path / "cache")) == {"a.jpg", "inner/c.webp"}


def test_a_forgotten_folder_is_not_indexed_any_more_and_its_pictures_stay(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    index(ByteEncoder())
    folder.rename(tmp_path / "moved")
    forget(folder, tmp_path / "cache")
    assert indexed_folders(tmp_path / "cache") == [] and list((tmp_path / "cache").iterdir()) == []
    assert (tmp_path / "moved" / "a.jpg").is_file()
    with pytest.raises(BadQuery, match="not indexed"):
        forget(folder, tmp_path / "cache")


def test_a_folder_that_is_being_indexed_is_not_forgotten(tmp_path: Path, folder: Path) -> None:
    steps = index_folder(folder, ByteEncoder(), model="m", where=tmp_path / "cache", dimension=4, batch=1)
    next(steps)
    with pytest.raises(IrisError, match="being indexed"):
        forget(folder, tmp_path / "cache")
    assert len(run_to_end(steps)) == 3


def test_a_folder_that_cannot_be_opened_keeps_its_pictures(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    index(ByteEncoder())
    scandir = os.scandir

    def locked(path: Path) -> object:
        if Path(path).name == "inner":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return scandir(path)

    (folder / "a.jpg").unlink()
    monkeypatch.setattr(os, "scandir", locked)
    assert first_names(index(ByteEncoder())) == {"b.PNG", "inner/c.webp"}


def test_names_that_are_no_utf_8_or_hold_line_breaks_are_indexed(
    folder: Path, index: Callable[..., PictureSet]
) -> None:
    odd = [os.fsdecode(b"caf\xe9.jpg"), "two\nlines.jpg"]
    for name in odd:
        (folder / name).write_text("d")
    assert first_names(index(ByteEncoder())) > set(odd)
    eye = ByteEncoder()
    index(eye)
    assert eye.looked == []


def test_only_the_named_pictures_are_looked_at(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    index(ByteEncoder())
    (folder / "a.jpg").write_text("changed")
    (folder / "d.jpg").write_text("d")
    (folder / "b.PNG").unlink()
    eye, changed = ByteEncoder(), {"d.jpg", "b.PNG", "never-there.jpg"}
    found = run_to_end(index_folder(folder, eye, model="m", names=changed, where=tmp_path / "cache", dimension=4))
    assert eye.looked == ["d.jpg"]
    assert first_names(found) == {"a.jpg", "d.jpg", "inner/c.webp"}


def test_the_cache_may_be_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
