"""Links in the folder of photos: what lies elsewhere is not served."""

import shutil
from pathlib import Path

import pytest

from demo.find.photos import Photos
from demo.samples import samples
from demo.settings import Settings
from zoo.errors import BadPicture, BadQuery


def test_a_photo_elsewhere_is_not_served_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "served"))
    (tmp_path / "photos").mkdir()
    for place in (tmp_path / "secret.png", tmp_path / "photos" / "own.png"):
        shutil.copy(samples()["cat"].path, place)
    (tmp_path / "photos" / "out.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "photos" / "album").symlink_to(tmp_path)
    (tmp_path / "photos" / "in.png").symlink_to(tmp_path / "photos" / "own.png")
    photos = Photos(tmp_path / "photos", "Photos", Settings())
    for name in ("out.png", "album/secret.png"):
        for serve in (photos.thumbnail, photos.served_copy):
            with pytest.raises(BadPicture, match=f"{name} is a link that leads out"):
                serve(tmp_path / "photos" / name)
    assert photos.tiles({str(tmp_path / "photos" / "out.png"): ("out", "")}) == []
    assert photos.thumbnail(tmp_path / "photos" / "in.png").is_file()


def test_nothing_is_told_of_a_photo_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "photos"
    folder.mkdir()
    shutil.copy(samples()["coffee"].path, folder / "coffee.png")
    shutil.copy(samples()["cat"].path, tmp_path / "secret.png")
    for name in ("cat.png", "coffee-again.png"):
        (folder / name).symlink_to(tmp_path / "secret.png" if name == "cat.png" else samples()["coffee"].path)
    photos = Photos(folder, "Photos", Settings())
    assert photos.matching(photos.query("cat", None), 9).matches == ()
    [found] = photos.matching(photos.query("coffee", None), 9).matches
    assert found.hit.label == "coffee.png" and found.copies == ()
    assert photos.first(9) == [folder / "coffee.png"] and photos.path_of("coffee.png") == folder / "coffee.png"
    with pytest.raises(BadQuery, match="no photo"):
        photos.path_of("cat.png")
