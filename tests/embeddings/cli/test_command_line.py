"""python -m embeddings, with a stand-in for the image model: it sees the noun that a file names."""

import json
import os
import shutil
import zipfile
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from picture_sets import tear_vectors

from embeddings import __main__ as command_line
from embeddings.cli import image_encoder, index
from embeddings.library.collection import library_path
from embeddings.library.encoder import ImageEncoder
from embeddings.results import EncodedPicture
from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import data_sha256, load_noun_vectors
from zoo.errors import BadPicture, IrisError

PUG, CRANE_BIRD = "n02110958", "n02012849"


def see(path: Path | bytes) -> np.ndarray:
    """The vector of the noun whose id the file holds."""
    text = path.decode() if isinstance(path, bytes) else path.read_text() if path.is_file() else "no file"
    if text not in load_nouns():
        raise BadPicture(f"{path} is no picture")
    return load_noun_vectors()[load_nouns().row(text)]


CLASSES = (PUG, CRANE_BIRD, *("n02096585", "n03126707", "n02814860"))  # a bulldog, the other crane, a beacon


def class_probabilities(path: Path | bytes) -> np.ndarray:
    """All of what the picture shows is the class of its noun, or an even mixture where that is no class."""
    see(path)
    assert isinstance(path, Path)
    own = np.array([path.read_text() == id for id in CLASSES], np.float32)
    return own if own.any() else np.full(len(CLASSES), 1 / len(CLASSES), np.float32)


def encode_files(sources: Sequence[Path | bytes]) -> Iterator[EncodedPicture | BadPicture]:
    for number, source in enumerate(sources):
        try:
            yield EncodedPicture(see(source), number)
        except BadPicture as error:
            yield error


def stand_in(options: Namespace) -> ImageEncoder:
    return ImageEncoder(
        model=options.model, classes=CLASSES, words_sha256=data_sha256(), encode=see, encode_files=encode_files,
        class_probabilities=class_probabilities, features=class_probabilities, classify=lambda features: features,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(image_encoder, "load", stand_in)
    monkeypatch.setenv("IRIS_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.jpg").write_text(PUG)
    (folder / "b.jpg").write_text(CRANE_BIRD)
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = command_line.main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_name_prints_one_object_a_picture_in_order(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    code, out, err = run(capsys, "name", photos, photos / "a.jpg", "--top", 3, "--json")
    objects = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [Path(one["file"]).name for one in objects] == ["a.jpg", "b.jpg", "a.jpg"]
    assert objects[0].keys() == {"file", "known", "answer", "kind", "also", "words"}
    assert objects[0]["answer"]["word"] == "pug"
    assert objects[0]["answer"].keys() == {"word", "synset", "sureness"}
    assert [one["seen"] for one in objects[0]["words"]] == [True, False, False]
    assert objects[0]["words"][0].keys() == {"word", "synset", "score", "seen"}


def test_name_goes_into_sub_folders_and_leaves_bins_alone(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    for folder in ("2020/may", ".thumbnails", "@eaDir"):
        (photos / folder).mkdir(parents=True)
        (photos / folder / "c.jpg").write_text(PUG)
    code, out, err = run(capsys, "name", photos, "--json")
    assert (code, err) == (0, "")
    assert [json.loads(line)["file"] for line in out.splitlines()] == [
        str(photos / name) for name in ("2020/may/c.jpg", "a.jpg", "b.jpg")
    ]


def test_name_leaves_out_the_classes_it_was_trained_on(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    _, out, _ = run(capsys, "name", photos / "a.jpg", "--unseen-only", "--json")
    assert PUG not in {word["synset"] for word in json.loads(out)["words"]}


def test_name_keeps_to_candidates(capsys: pytest.CaptureFixture[str], photos: Path, tmp_path: Path) -> None:
    (tmp_path / "nouns.txt").write_text(f"{CRANE_BIRD}\n\n{PUG}\n")
    _, out, _ = run(capsys, "name", photos / "a.jpg", "--candidates", tmp_path / "nouns.txt", "--json")
    assert [word["synset"] for word in json.loads(out)["words"]] == [PUG, CRANE_BIRD]


def test_a_bad_picture_does_not_stop_the_others(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    (photos / "aa.jpg").write_text("torn")
    code, out, err = run(capsys, "name", photos, "--json")
    assert code == 2
    assert len(out.splitlines()) == 2
    assert err == f"{photos / 'aa.jpg'} is no picture\n"


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


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["s3://bucket/photos", "--watch"], "is a bucket, which tells of no changes"),
        ([".", "--watch", "--into", "table"], "leave --into out"),
    ],
)
def test_what_cannot_be_watched_is_refused_before_the_model_is_loaded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str], reason: str
) -> None:
    monkeypatch.setattr(image_encoder, "load", lambda options: pytest.fail("it was loaded"))
    code, _, err = run(capsys, "index", *arguments)
    assert code == 2 and reason in err and len(err.splitlines()) == 1


def test_index_counts_the_unreadable(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    (photos / "c.png").write_text("torn")
    code, out, _ = run(capsys, "index", photos)
    assert code == 0
    assert out.startswith("2 pictures indexed, 1 unreadable")


def test_watching_tells_only_what_changed(
    capsys: pytest.CaptureFixture[str], photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Changing(index.Watch):
        """Changes are made once all before them are indexed."""

        def __iter__(self) -> Iterator[frozenset[str] | None]:
            changes = super().__iter__()
            (photos / "c.jpg").write_text(PUG)
            yield next(changes)
            yield None  # nothing changed
            (photos / "c.jpg").write_text(CRANE_BIRD)
            (photos / "a.jpg").unlink()
            yield next(changes)
            raise KeyboardInterrupt

    monkeypatch.setattr(index, "Watch", Changing)
    code, out, err = run(capsys, "index", photos, "--watch")
    assert [line.split()[0] for line in out.splitlines()] == ["2", "3", "2"]
    assert (code, err) == (130, "stopped; nothing half-written is left\n")


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


def test_each_picture_that_is_named_or_cannot_be_has_one_line(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, photos: Path
) -> None:
    (photos / "a.jpg").rename(photos / "two\nlines.jpg")
    (photos / "b.jpg").rename(photos / "bad\none.jpg")
    (photos / "bad\none.jpg").write_text("no picture")
    code, out, err = run(capsys, "name", photos)
    assert code == 2 and out.startswith(f"{photos}/two\\nlines.jpg: pug") and err.count("\n") == 1
    assert run(capsys, "index", photos)[0] == 0
    [told] = caplog.messages
    assert "bad\\none.jpg is no picture" in told and "\n" not in told


def test_more_pictures_than_a_limit_are_refused(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    code, _, err = run(capsys, "index", photos, "--max-pictures", 1)
    assert code == 2 and "holds 2 pictures, more than 1" in err


def test_folders_that_are_gone_are_forgotten(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, photos: Path, tmp_path: Path
) -> None:
    run(capsys, "index", photos)
    photos.rename(tmp_path / "moved")
    run(capsys, "index", tmp_path / "moved")
    run(capsys, "find", "pug")
    assert f"{photos}, moved or deleted" in caplog.text
    caplog.clear()
    code, _, err = run(capsys, "forget")
    assert code == 2 and str(photos) in err
    assert run(capsys, "forget", "--missing")[:2] == (0, f"forgotten: {photos}\n")
    assert len(run(capsys, "find", "pug")[1].splitlines()) == 1 and not caplog.text
    assert run(capsys, "forget", tmp_path / "moved")[0] == 0
    assert run(capsys, "find", "pug")[0] == 2
    assert run(capsys, "forget", photos)[0] == 2


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


def test_words_tells_how_and_which_senses(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "words", "Crane", "--top", 4, "--json")
    facts = json.loads(out)
    assert code == 0
    assert facts["how"] == "spelling variant"
    assert len(facts["words"]) == len(facts["nouns"]) == 4
    assert CRANE_BIRD in {sense["synset"] for sense in facts["senses"]}


def test_plain_output_is_for_people(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    _, named, _ = run(capsys, "name", photos / "a.jpg")
    assert named.startswith(f"{photos / 'a.jpg'}: pug (")
    _, words, _ = run(capsys, "words", "pug")
    assert words.startswith("pug (exact word)\nwords: ")
    assert PUG in words


@pytest.mark.parametrize(
    "arguments",
    [
        ["find", ""],
        ["find", "x" * 10_000],
        ["find", "ottter"],
        ["find", "pug"],  # nothing is indexed
        ["words", "  "],
        ["index", "/absent/folder"],
        ["name", "/absent.jpg"],
        ["similar", "/absent.jpg"],
        ["name", "a.jpg", "--candidates", "/absent.txt"],
        ["score", "words"],
        ["train", "words", "--corpus", "/absent"],
        ["build", "/absent.model"],
        ["paint"],
        [],
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert len(err) < 300


def test_a_model_of_other_words_is_refused() -> None:
    with pytest.raises(IrisError, match="other noun vectors"):
        replace(stand_in(Namespace(model="m")), words_sha256="0" * 64)


def test_export_gives_what_image_training_reads(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, "export", tmp_path / "nouns.npz")[0] == 0
    with np.load(tmp_path / "nouns.npz", allow_pickle=False) as stored:
        assert stored["ids"].tolist() == load_nouns().ids
        assert np.array_equal(stored["vectors"], load_noun_vectors())
        assert str(stored["sha256"]) == data_sha256()
