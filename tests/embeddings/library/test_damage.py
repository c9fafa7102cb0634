"""Libraries that are damaged, foreign, of another model or an older Iris: named, and made anew."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from picture_sets import ByteEncoder, opened, tear_vectors

from embeddings.library import indexing
from embeddings.library.collection import OLD_CARD, PictureSet, indexed_folders, library_path
from embeddings.library.database import DamagedLibrary
from zoo.errors import BadQuery, Refused


def test_another_model_starts_anew(index: Callable[..., PictureSet]) -> None:
    index(ByteEncoder(), model="old")
    eye = ByteEncoder()
    assert len(index(eye, model="new")) == 3
    assert len(eye.looked) == 3


def changed(folder: Path, where: Path, key: str, value: str) -> None:
    """Another value in a library's own words of what it belongs to."""
    with closing(sqlite3.connect(library_path(folder, where))) as connection, connection:
        connection.execute("UPDATE about SET value = ? WHERE key = ?", (value, key))


def test_vectors_of_another_word_space_are_refused_and_made_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    index(ByteEncoder()).store.close()
    changed(folder, tmp_path / "cache", "words", "0" * 64)
    with pytest.raises(Refused, match=r"other noun vectors.*again"):
        opened(folder, tmp_path / "cache")
    assert len(index(ByteEncoder())) == 3
    assert len(opened(folder, tmp_path / "cache")) == 3


def test_a_library_of_another_version_of_iris_is_named_and_made_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    index(ByteEncoder()).store.close()
    with closing(sqlite3.connect(library_path(folder, tmp_path / "cache"))) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Refused, match="another version"):
        opened(folder, tmp_path / "cache")
    assert len(index(ByteEncoder())) == 3


def damaged(data: bytes) -> bytes:
    """The same without its inner pages."""
    return data[:4096] + bytes(len(data) - 4096)


@pytest.mark.parametrize("damage", [lambda data: b"torn", lambda data: b"", damaged, lambda data: data[:5000]])
def test_a_damaged_library_is_named_and_made_again_and_hides_no_other(
    tmp_path: Path,
    folder: Path,
    index: Callable[..., PictureSet],
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[bytes], bytes],
) -> None:
    index(ByteEncoder()).store.close()
    path = library_path(folder, tmp_path / "cache")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Refused, match=str(path)):
        opened(folder, tmp_path / "cache")
    assert indexed_folders(tmp_path / "cache") == []
    assert len(index(ByteEncoder())) == 3
    assert "starting anew" in caplog.text
    assert indexed_folders(tmp_path / "cache") == [folder]


def test_damage_that_only_shows_on_the_way_is_named_and_the_library_made_again(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(200):
        (folder / f"{number:03}.jpg").write_text(f"{number}")
    index(ByteEncoder()).store.close()
    path = library_path(folder, tmp_path / "cache")
    data = path.read_bytes()
    path.write_bytes(data[: 8 * 4096] + bytes(len(data) - 8 * 4096))
    for number in range(200):
        (folder / f"{number:03}.jpg").write_text(f"{number} anew")
    assert len(index(ByteEncoder())) == 203
    assert "starting anew" in caplog.text and "is damaged" in caplog.text


@pytest.fixture
def torn(folder: Path, tmp_path: Path, index: Callable[..., PictureSet]) -> Path:
    """A library that is damaged where its vectors are."""
    index(ByteEncoder()).store.close()
    path = library_path(folder, tmp_path / "cache")
    tear_vectors(path)
    return path


def test_damage_that_a_search_finds_is_mended_by_the_next_indexing(
    torn: Path, tmp_path: Path, folder: Path, index: Callable[..., PictureSet], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(DamagedLibrary, match="is damaged"):
        opened(folder, tmp_path / "cache").index.search(np.ones(4), 9)
    assert len(index(ByteEncoder()).index.search(np.ones(4), 9)) == 3
    assert "starting anew" in caplog.text
    caplog.clear()
    index(ByteEncoder())
    assert "starting anew" not in caplog.text


def test_damage_is_found_after_a_run_that_was_cut_off(
    torn: Path, index: Callable[..., PictureSet], caplog: pytest.LogCaptureFixture
) -> None:
    torn.with_name(indexing.UNFINISHED).touch()
    assert len(index(ByteEncoder()).index.search(np.ones(4), 9)) == 3
    assert "starting anew" in caplog.text


def test_a_picture_without_its_vector_is_damage(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], caplog: pytest.LogCaptureFixture
) -> None:
    index(ByteEncoder()).store.close()
    path = library_path(folder, tmp_path / "cache")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM vectors WHERE id = 2")
    path.with_name(indexing.UNFINISHED).touch()
    assert len(index(ByteEncoder()).index.search(np.ones(4), 9)) == 3
    assert "the vectors of 1 pictures are missing" in caplog.text


def test_a_foreign_database_in_a_librarys_place_is_named(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet]
) -> None:
    path = library_path(folder, tmp_path / "cache")
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE files (id INTEGER)")
    with pytest.raises(Refused, match="no picture library"):
        opened(folder, tmp_path / "cache")
    assert len(index(ByteEncoder())) == 3


def test_an_index_of_an_older_iris_is_made_anew_with_a_word(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], caplog: pytest.LogCaptureFixture
) -> None:
    old = library_path(folder, tmp_path / "cache").with_name(OLD_CARD)
    old.parent.mkdir(parents=True)
    old.write_text("{}")
    old.with_name("index-0123456789ab.faiss").write_bytes(b"vectors")
    with pytest.raises(BadQuery, match="older Iris"):
        opened(folder, tmp_path / "cache")
    assert len(index(ByteEncoder())) == 3
    assert "older Iris" in caplog.text
    assert not list(old.parent.glob("index*"))


def test_a_library_that_may_only_be_read_is_searched(
    tmp_path: Path, folder: Path, index: Callable[..., PictureSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    index(ByteEncoder()).store.close()
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = opened(folder, tmp_path / "cache")
    assert len(found.index.search(np.ones(4), 9)) == 3
    assert sorted(tmp_path.rglob("*")) == before
