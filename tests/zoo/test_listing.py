"""What counts as a picture of a folder: sub-folders and links once, nothing that only programs look at."""

import os
from pathlib import Path

import pytest

from zoo.listing import ListedFile, Listing


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"picture")
    return path


def names(folder: Path) -> list[str]:
    return [file.name for file in Listing(folder)]


def test_pictures_are_listed_folder_by_folder_with_size_and_date(tmp_path: Path) -> None:
    for name in ("z.jpg", "b/x.PNG", "a/deep/y.webp", "a/w.jpg"):
        put(tmp_path / name)
    assert names(tmp_path) == ["z.jpg", "a/w.jpg", "a/deep/y.webp", "b/x.PNG"]
    facts = (tmp_path / "z.jpg").stat()
    assert next(iter(Listing(tmp_path))) == ListedFile("z.jpg", 7, facts.st_mtime_ns)


def test_thumbnails_bins_and_hidden_folders_are_left_out(tmp_path: Path) -> None:
    put(tmp_path / "holiday/cat.jpg")
    for name in (".thumbnails", ".Trash-1000/files", "holiday/@eaDir/cat.jpg", "#recycle", "$RECYCLE.BIN", "__MACOSX"):
        put(tmp_path / name / "cat.jpg")
    put(tmp_path / "holiday/.cat.jpg")
    assert names(tmp_path) == ["holiday/cat.jpg"]


def test_a_folder_that_is_asked_for_is_listed_whatever_it_is_called(tmp_path: Path) -> None:
    put(tmp_path / ".hidden/cat.jpg")
    assert names(tmp_path / ".hidden") == ["cat.jpg"]


def test_what_is_no_picture_is_counted_by_its_ending(tmp_path: Path) -> None:
    for name in ("a.jpg", "notes.txt", "in/more.TXT", "raw.cr2", "folder.jpg/b.jpg", "README"):
        put(tmp_path / name)
    listing = Listing(tmp_path)
    assert [file.name for file in listing] == ["a.jpg", "folder.jpg/b.jpg"]
    assert listing.others == {".txt": 2, ".cr2": 1, "": 1}


def test_links_are_followed_once(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere/album/cat.jpg")
    put(tmp_path / "photos/a.jpg")
    put(tmp_path / "photos/z/b.jpg")
    photos = tmp_path / "photos"
    (photos / "again").symlink_to(tmp_path / "elsewhere")
    (photos / "album").symlink_to(tmp_path / "elsewhere/album")
    (photos / "loop").symlink_to(photos)
    (photos / "up").symlink_to(tmp_path)
    (photos / "first-is-z").symlink_to(photos / "z")
    (photos / "copy.jpg").symlink_to(photos / "a.jpg")
    (photos / "one.jpg").symlink_to(put(tmp_path / "single.jpg"))
    (photos / "two.jpg").symlink_to(tmp_path / "single.jpg")
    (photos / "broken.jpg").symlink_to(tmp_path / "absent.jpg")
    assert names(photos) == ["a.jpg", "z/b.jpg", "again/album/cat.jpg", "one.jpg"]


def test_a_link_to_a_hidden_folder_is_meant(tmp_path: Path) -> None:
    put(tmp_path / ".store/cat.jpg")
    (tmp_path / "cats").symlink_to(tmp_path / ".store")
    assert names(tmp_path) == ["cats/cat.jpg"]


def test_a_folder_that_cannot_be_opened_is_told_and_the_others_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a/x.jpg")
    put(tmp_path / "b/y.jpg")
    scandir = os.scandir

    def locked(path: Path) -> object:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    listing = Listing(tmp_path)
    assert [file.name for file in listing] == ["b/y.jpg"]
    assert listing.unlisted == {"a": "Permission denied"}
