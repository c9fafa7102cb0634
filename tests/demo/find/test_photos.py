"""The photo folder: what leaves it and what does not; and a visitor's own photos."""

import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from picture_files import encoded, quarters, remarks
from picture_sets import tear_vectors
from PIL import ExifTags, Image

from demo.find.messages import as_json
from demo.find.photos import OwnPhotos, Photos
from demo.samples import samples
from demo.settings import Settings
from demo.web.noun_space import MODEL
from embeddings.library.collection import library_path
from embeddings.library.indexing import index_folder
from embeddings.results import Hit, Match
from zoo.encoder.encode import classes, model_version
from zoo.errors import BadPicture, BadQuery, IrisError
from zoo.progress import run_to_end


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Photos:
    """A folder with one turned photo that says where it was taken."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "served"))
    folder = tmp_path / "photos"
    (folder / "2020").mkdir(parents=True)
    (folder / "2020" / "home.jpg").write_bytes(encoded(quarters(), "JPEG", exif=remarks(Orientation=6, gps=True)))
    return Photos(folder, "Holidays", Settings())


def test_photos_in_subfolders_are_found_by_their_name_inside(photos: Photos) -> None:
    assert [photos.inside(path) for path in photos.first(5)] == ["2020/home.jpg"]


def test_a_served_copy_stands_upright_and_does_not_tell_the_place(photos: Photos) -> None:
    original = photos.folder / "2020" / "home.jpg"
    copy = photos.served_copy(original)
    with Image.open(copy) as served, Image.open(original) as given:
        assert given.getexif().get_ifd(ExifTags.IFD.GPSInfo) and not served.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        assert served.size == given.size[::-1]
    assert photos.folder not in copy.parents


def test_a_sample_photo_is_credited_and_another_is_named(photos: Photos) -> None:
    assert photos.about(photos.folder / "rocket.jpg") == "Rocket (SpaceX, public domain)"
    assert photos.about(photos.folder / "2020" / "home.jpg") == "2020/home.jpg"


def test_a_photo_that_is_gone_is_named_and_its_place_is_not(photos: Photos) -> None:
    path = photos.folder / "2020" / "home.jpg"
    path.unlink()
    with pytest.raises(BadPicture, match=r"2020/home\.jpg cannot be read any more") as refused:
        photos.thumbnail(str(path))
    assert str(photos.folder.parent) not in str(refused.value)


@pytest.mark.parametrize("name", ["../neighbour.jpg", "2020/other.jpg", None, ["2020/home.jpg"], "/etc/passwd"])
def test_no_other_file_can_be_named_as_a_photo(photos: Photos, name: object) -> None:
    (photos.folder.parent / "neighbour.jpg").write_bytes(encoded(quarters(), "JPEG"))
    assert photos.path_of("2020/home.jpg") == photos.folder / "2020" / "home.jpg"
    with pytest.raises(BadQuery, match="no photo"):
        photos.path_of(name)


def test_a_damaged_index_is_made_anew_by_the_next_search(
    photos: Photos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path / "cache"))
    run_to_end(index_folder(photos.folder, photos._look, model=model_version(MODEL), classes=classes(MODEL)))
    tear_vectors(library_path(photos.folder))
    with pytest.raises(IrisError, match="search again") as refused:
        photos.matching(photos.query("", quarters()), 1)
    assert str(tmp_path) not in str(refused.value)
    assert len(photos.matching(photos.query("", quarters()), 1).matches) == 1


def test_words_that_find_something_are_known_of_the_photos_once_they_are_indexed(tmp_path: Path) -> None:
    for title in ("cheetah", "coffee", "running cheetah", "lion"):
        shutil.copy(samples()[title].path, tmp_path)
    mine = Photos(tmp_path, "Mine", Settings())
    assert mine.words == ()
    assert mine.count() == 4
    assert mine.words[0] == "big cat" and len(mine.words) == 2
    assert all(mine.matching(mine.query(word, None), 1).matches for word in mine.words)


def test_an_empty_set_has_no_words(tmp_path: Path) -> None:
    mine = own(tmp_path)
    assert mine.count() == 0 and mine.words == ()


def own(tmp_path: Path, *names: str, before: OwnPhotos | None = None, **limits: Any) -> OwnPhotos:
    """A visitor's zip of pictures that differ, and of one file that is none."""
    path = tmp_path / f"{len(names)}.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("letter.jpg", b"Dear Iris")
        for name in names:
            tint = Image.new("RGB", (64, 48), ("red", "green", "blue")[len(name) % 3])
            file.writestr(name, encoded(Image.blend(quarters().resize((64, 48)), tint, 0.5), "PNG"))
    return OwnPhotos(path, "holiday.zip", Settings(**limits), before)


def test_a_visitors_zip_is_searched_without_a_trace_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path / "cache"))
    mine = own(tmp_path, "a.png", "in/b.png")
    assert [step.done for step in mine.index()] == [0, 1, 2, 3, 3]
    assert mine.title == "Your photos in holiday.zip"
    assert mine.count() == 2 and list(mine.unreadable()) == ["letter.jpg"]
    assert [mine.inside(path) for path in mine.first(9)] == ["a.png", "in/b.png"]
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "served"))
    tiles = mine.tiles({str(mine.folder / name): (name, "0.5") for name in ("a.png", "in/b.png", "letter.jpg")})
    assert [(tile.value, tile.note) for tile in tiles] == [("a.png", "0.5"), ("in/b.png", "0.5")]
    shutil.rmtree(tmp_path / "served")
    best = mine.matching(mine.query("", quarters()), 1, fold=False).matches
    assert [mine.inside(match.hit.id) for match in best] in (["a.png"], ["in/b.png"])
    assert {path.name for path in tmp_path.rglob("*")} == {mine.folder.name}
    mine.forget()
    mine.forget()
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_new_in_a_visitors_zip_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = own(tmp_path, "a.png", "bb.png")
    assert first.count() == 2
    second = own(tmp_path, "a.png", "bb.png", "ccc.png", before=first)
    assert [step.done for step in second.index()] == [3, 4, 4]
    assert second.count() == 3 and [second.inside(path) for path in second.first(1)] == ["a.png"]


def test_a_zip_that_cannot_be_used_leaves_the_one_before_it_as_it_was(tmp_path: Path) -> None:
    first = own(tmp_path, "a.png")
    assert first.count() == 1
    empty = tmp_path / "letters.zip"
    with zipfile.ZipFile(empty, "w") as file:
        file.writestr("notes.txt", b"Dear Iris")
    with pytest.raises(BadQuery, match="no pictures"):
        OwnPhotos(empty, "letters.zip", Settings(), first).count()
    found = first.matching(first.query("", quarters()), 2, fold=False).matches
    assert [first.inside(match.hit.id) for match in found] == ["a.png"]
    assert first.thumbnail(found[0].hit.id).is_file()


def test_indexing_that_is_stopped_leaves_the_zip_before_it_as_it_was(tmp_path: Path) -> None:
    first = own(tmp_path, "a.png")
    assert first.count() == 1
    steps = own(tmp_path, "bb.png", "ccc.png", "dddd.png", before=first).index()
    assert [next(steps).done, next(steps).done] == [1, 2]  # letter.jpg is known
    steps.close()
    assert [first.inside(path) for path in first.first(3)] == ["a.png"]
    found = first.matching(first.query("", quarters()), 3, fold=False).matches
    assert [first.thumbnail(match.hit.id).is_file() for match in found] == [True]


def test_the_json_of_a_search_has_the_scores_that_the_command_prints(tmp_path: Path) -> None:
    mine = own(tmp_path, "a.png")
    found = [Match(Hit(str(mine.folder / "a.png"), "a.png", 0.123456789))]
    assert as_json(mine, found) == [{"file": "a.png", "score": 0.1235}]


def test_a_visitors_zip_is_limited(tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match="more than 2 pictures"):
        own(tmp_path, "a.png", "bb.png", zip_pictures=2).count()
    with pytest.raises(BadQuery, match="unpacks to"):
        own(tmp_path, "a.png", zip_bytes=10).count()
