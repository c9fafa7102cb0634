"""Zips, buckets, and folders that are gone, empty or too large."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from picture_sets import ByteEncoder, first_names, opened

from embeddings.library.collection import PictureSet, indexed_folders
from embeddings.library.indexing import index_folder
from zoo.bulk.address import Address
from zoo.bulk.buckets import Bucket
from zoo.errors import BadInput, BadQuery
from zoo.progress import run_to_end


def zipped(path: Path, **texts: str) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, text in texts.items():
            file.writestr(name.replace("_", "."), text)
    return path


def test_a_zip_is_indexed_like_a_folder_and_only_its_changes_again(tmp_path: Path) -> None:
    eye = ByteEncoder()

    def indexed() -> PictureSet:
        return run_to_end(index_folder(path, eye, model="m", where=tmp_path / "cache", dimension=4))

    path = zipped(tmp_path / "photos.zip", a_jpg="aa", b_jpg="bb", c_jpg="xc", more_zip="z", d_txt="d")
    found = indexed()
    assert first_names(found) == {"a.jpg", "b.jpg"} and set(found.unreadable) == {"c.jpg", "more.zip"}
    assert found.names([id for id, _ in found.index.search(np.array([0, 0, 1, 0]), 1)]) == ["b.jpg"]
    zipped(path, b_jpg="bb", a_jpg="ee", f_jpg="ff", c_jpg="xc")
    eye.looked.clear()
    found = indexed()
    assert eye.looked == ["ee", "ff"]
    assert first_names(found) == {"a.jpg", "b.jpg", "f.jpg"} and set(found.unreadable) == {"c.jpg"}
    assert found.holds("f.jpg") and not found.holds("more.zip")


def test_a_torn_zip_keeps_the_index_that_was_there(tmp_path: Path) -> None:
    path, where = zipped(tmp_path / "photos.zip", a_jpg="a"), tmp_path / "cache"
    list(index_folder(path, ByteEncoder(), model="m", where=where, dimension=4))
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(BadQuery, match="cannot be opened as a zip"):
        list(index_folder(path, ByteEncoder(), model="m", where=where, dimension=4))
    assert first_names(opened(path, where)) == {"a.jpg"}
    path.unlink()
    with pytest.raises(BadQuery, match=r"no folder or zip .*photos"):
        PictureSet.open(path, where=where)


def test_a_bucket_is_indexed_like_a_folder_and_only_its_changes_again(bucket: Address, tmp_path: Path) -> None:
    def put(name: str, text: str) -> None:
        (tmp_path / "object").write_text(text)
        Bucket(bucket).write(name, tmp_path / "object")

    def indexed() -> tuple[PictureSet, list[str]]:
        eye = ByteEncoder()
        return run_to_end(index_folder(bucket, eye, model="m", where=tmp_path / "cache", dimension=4)), eye.looked

    for name, text in {"a.jpg": "a", "in/b.png": "bb", "broken.jpg": "x", "notes.txt": "no"}.items():
        put(name, text)
    found, looked = indexed()
    assert (first_names(found), list(found.unreadable), looked) == (
        {"a.jpg", "in/b.png"},
        ["broken.jpg"],
        ["a", "x", "bb"],
    )
    assert indexed_folders(tmp_path / "cache") == [bucket]
    put("c.jpg", "ccc")
    found, looked = indexed()
    assert (first_names(found), looked) == ({"a.jpg", "in/b.png", "c.jpg"}, ["ccc"])
    assert found.address(found.names([found.store.last_id()])[0]) == f"{bucket}/c.jpg"


def test_a_bucket_that_is_not_there_leaves_no_library(bucket: Address, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no folder"):
        run_to_end(index_folder(bucket / "absent", ByteEncoder(), model="m", where=tmp_path / "cache", dimension=4))
    assert indexed_folders(tmp_path / "cache") == []


def test_a_vanished_folder_is_named(tmp_path: Path, folder: Path, index: Callable[..., PictureSet]) -> None:
    index(ByteEncoder())
    folder.rename(tmp_path / "moved")
    with pytest.raises(BadQuery, match=r"no folder or zip .*photos"):
        index(ByteEncoder())
    with pytest.raises(BadQuery, match=r"no folder or zip .*photos"):
        PictureSet.open(folder, where=tmp_path / "cache")
    assert indexed_folders(tmp_path / "cache") == [folder]


def test_a_folder_never_indexed_says_how(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(BadQuery, match="python -m embeddings index"):
        PictureSet.open(folder, where=tmp_path / "cache")


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match="no pictures"):
        list(index_folder(tmp_path, ByteEncoder(), model="m", where=tmp_path / "cache", dimension=4))


def test_more_pictures_than_a_limit_are_refused_before_any_is_read(tmp_path: Path, folder: Path) -> None:
    eye = ByteEncoder()
    with pytest.raises(BadQuery, match="more than 2"):
        list(index_folder(folder, eye, model="m", where=tmp_path / "cache", dimension=4, max_pictures=2))
    assert eye.looked == []
