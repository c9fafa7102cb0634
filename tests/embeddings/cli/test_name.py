"""`embeddings name`."""

import json
from pathlib import Path

import numpy as np
import pytest
from encoder_stand_in import CLASSES, CRANE_BIRD, PUG, run

from embeddings.naming.classifier import zero_shot_classifier


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


def test_name_states_the_chances_that_the_answer_was_chosen_by(
    capsys: pytest.CaptureFixture[str], photos: Path
) -> None:
    (photos / "b.jpg").write_text("n02084071")  # dog, no class: an even mixture of all
    even = np.full(len(CLASSES), 1 / len(CLASSES), np.float32)
    likeliest = zero_shot_classifier(CLASSES).alternatives(even, k=3, confidence=0.5)
    _, out, _ = run(capsys, "name", photos / "b.jpg", "--top", 3, "--sureness", 0.5)
    assert out.splitlines()[1].strip() == ", ".join(f"{hit.label} {hit.score:.2f}" for hit in likeliest)
