"""`embeddings find` and `similar`."""

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from encoder_stand_in import PUG, run
from picture_sets import tear_vectors

from embeddings import __main__ as command_line
from embeddings.library.collection import library_path


def test_find_gives_files_best_first(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    assert run(capsys, "index", photos)[0] == 0
    code, out, _ = run(capsys, "find", "pug", "--json")
    hits = json.loads(out)
    assert code == 0
    assert [Path(hit["file"]).name for hit in hits] == ["a.jpg"]
    assert hits[0].keys() == {"file", "score"}
    _, out, _ = run(capsys, "find", "pug", "--json", "--all")
    assert [Path(hit["file"]).name for hit in json.loads(out)] == ["a.jpg", "b.jpg"]


def test_find_says_plainly_that_nothing_matches(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    run(capsys, "index", photos)
    assert run(capsys, "find", "democracy") == (0, 'nothing matches "democracy"; --all lists what comes closest\n', "")
    assert run(capsys, "find", "democracy", "--json") == (0, "[]\n", "")
    assert len(run(capsys, "find", "democracy", "--all")[1].splitlines()) == 2


def test_find_shows_near_copies_once(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    for name in ("c.jpg", "d.jpg"):
        (photos / name).write_text(PUG)  # the stand-in gives the pictures of a folder fingerprints 0, 1, 2 ...
    run(capsys, "index", photos)
    _, out, _ = run(capsys, "find", "pug")
    assert out.endswith(".jpg (and 2 more like it)\n") and len(out.splitlines()) == 1
    assert len(json.loads(run(capsys, "find", "pug", "--json")[1])) == 1
    assert len(json.loads(run(capsys, "find", "pug", "--json", "--all")[1])) == 4


def test_a_zip_is_indexed_and_searched(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    photos = tmp_path / "photos.zip"
    with zipfile.ZipFile(photos, "w") as file:
        file.writestr("in/a.jpg", PUG)
        file.writestr("b.jpg", "torn")
    code, out, _ = run(capsys, "index", photos)
    assert (code, out.split(" in ")[0]) == (0, "1 pictures indexed, 1 unreadable")
    _, out, _ = run(capsys, "find", "dog", "--photos", photos, "--json")
    assert [hit["file"] for hit in json.loads(out)] == [str(photos / "in" / "a.jpg")]


def test_a_picture_and_a_word_find_what_is_like_both(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    run(capsys, "index", photos)
    _, out, _ = run(capsys, "find", f'"{photos / "b.jpg"}" + pug', "--json")
    scores = {Path(hit["file"]).name: hit["score"] for hit in json.loads(out)}
    assert scores.keys() == {"a.jpg", "b.jpg"} and max(scores.values()) < 0.95


def test_find_takes_a_quoted_picture(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    run(capsys, "index", photos)
    _, out, _ = run(capsys, "find", f'"{photos / "b.jpg"}"', "--top", 1, "--json")
    assert [Path(hit["file"]).name for hit in json.loads(out)] == ["b.jpg"]


def test_similar_finds_the_picture_itself_first(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    run(capsys, "index", photos)
    _, out, _ = run(capsys, "similar", photos / "b.jpg", "--json")
    assert Path(json.loads(out)[0]["file"]).name == "b.jpg"
    _, out, _ = run(capsys, "similar", photos / "b.jpg", "--json", "--all")
    assert [Path(hit["file"]).name for hit in json.loads(out)] == ["b.jpg", "a.jpg"]


def test_a_folder_that_is_gone_does_not_hide_the_others(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, photos: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.jpg").write_text(PUG)
    for folder in (photos, other):
        run(capsys, "index", folder)
    (other / "c.jpg").unlink()
    other.rmdir()
    code, out, _ = run(capsys, "find", "pug", "--json")
    assert code == 0
    assert {Path(hit["file"]).parent for hit in json.loads(out)} == {photos}
    assert str(other) in caplog.text
    assert run(capsys, "find", "pug", "--photos", other)[0] == 2


@pytest.mark.parametrize("more", [[], ["--all"]])
def test_a_damaged_index_does_not_hide_the_others_and_says_how_it_is_mended(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, photos: Path, tmp_path: Path, more: list[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.jpg").write_text(PUG)
    run(capsys, "index", other)
    tear_vectors(library_path(other))
    code, _, err = run(capsys, "find", "pug", *more)
    assert code == 1 and f"is damaged (database disk image is malformed); index {other} again" in err
    run(capsys, "index", photos)
    assert run(capsys, "find", "pug", *more)[1].splitlines()[0].endswith("/photos/a.jpg")
    assert f"index {other} again" in caplog.text
    run(capsys, "index", other)
    assert str(other) in run(capsys, "find", "pug", "--all")[1]


def test_a_file_that_is_indexed_twice_is_one_row(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    (photos / "2020").mkdir()
    (photos / "2020" / "c.jpg").write_text(PUG)
    run(capsys, "index", photos)
    run(capsys, "index", photos / "2020")
    _, out, _ = run(capsys, "find", "pug", "--json", "--all")
    assert sorted(Path(hit["file"]).name for hit in json.loads(out)) == ["a.jpg", "b.jpg", "c.jpg"]
    [row] = run(capsys, "find", "pug")[1].splitlines()  # c.jpg is a near-copy of a.jpg, and itself in the other index
    assert row.endswith("a.jpg (and 1 more like it)")


def test_a_name_goes_out_in_its_own_bytes_and_on_one_line(capfdbinary: pytest.CaptureFixture, photos: Path) -> None:
    (photos / "b.jpg").unlink()
    (photos / "a.jpg").rename(photos / os.fsdecode(b"caf\xe9\n.jpg"))
    assert command_line.main(["index", str(photos)]) == command_line.main(["find", "pug"]) == 0
    assert capfdbinary.readouterr().out.splitlines()[-1].endswith(b"/caf\xe9\\n.jpg")
    assert command_line.main(["find", "pug", "--json"]) == 0
    [found] = json.loads(capfdbinary.readouterr().out)
    assert os.fsencode(found["file"]).endswith(b"/caf\xe9\n.jpg")


def test_however_many_folders_are_gone_that_is_one_line(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, photos: Path, tmp_path: Path
) -> None:
    for name in ("a", "b", "c"):
        run(capsys, "index", shutil.copytree(photos, tmp_path / name))
        shutil.rmtree(tmp_path / name)
    run(capsys, "index", photos)
    run(capsys, "find", "pug")
    [line] = caplog.messages
    assert "and 2 more" in line and "forget --missing" in line
