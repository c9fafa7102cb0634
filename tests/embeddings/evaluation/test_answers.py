"""Answers are scored on photos with all that they show written down, with a stand-in that sees what a file says."""

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

from embeddings import __main__ as command_line
from embeddings.cli import image_encoder
from embeddings.evaluation.answers import LABELS, fitted
from embeddings.library.encoder import ImageEncoder
from embeddings.naming.classifier import ZeroShotClassifier
from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import data_sha256

PUG, BULLDOG, CRANE_BIRD, BEACON = "n02110958", "n02096585", "n02012849", "n02814860"
CLASSES = (PUG, BULLDOG, CRANE_BIRD, BEACON)


def see(path: Path | bytes) -> np.ndarray:
    assert isinstance(path, Path)
    return np.array(path.read_text().split(), np.float32)


def stand_in(options: Namespace) -> ImageEncoder:
    return ImageEncoder(
        model="m", classes=CLASSES, words_sha256=data_sha256(), encode=see, encode_files=lambda files: iter(()),
        class_probabilities=see, features=see, classify=lambda features: features,
    )  # fmt: skip


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(image_encoder, "load", stand_in)
    for name, text in (("dog.jpg", ".98 .01 0 .01"), ("light.jpg", ".01 0 .01 .98"), ("wrong.jpg", "0 0 .98 .02")):
        (tmp_path / name).write_text(text)
    (tmp_path / "labels.tsv").write_text(f"dog.jpg\t{BEACON},{PUG}\nlight.jpg\t{BEACON}\nwrong.jpg\t{BULLDOG}\n")
    return tmp_path


def score(*arguments: object) -> int:
    return command_line.main(["score", "answers", *map(str, arguments), "--json"])


def test_an_answer_is_right_when_it_is_among_what_is_written_down(
    capsys: pytest.CaptureFixture[str], photos: Path
) -> None:
    assert score("--data", photos, "--labels", photos / "labels.tsv") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["photos"] == 3
    assert found["of them right"][found["sureness asked"].index(0.5)] == pytest.approx(2 / 3, abs=1e-4)
    assert len(found["constants that fit best"]) == 3


def test_a_photo_that_the_labels_name_must_be_there(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    (photos / "light.jpg").unlink()
    assert score("--data", photos, "--labels", photos / "labels.tsv") == 2
    assert "lacks 1 of 3 photos" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"dog.jpg\t{PUG}\ndog.jpg {PUG}\n", "line 2"),
        ("dog.jpg\tn99999999\n", "line 1"),
        ("dog.jpg\t\n", "line 1"),
        ("", "is empty"),
    ],
)
def test_labels_that_cannot_be_read_are_told(
    capsys: pytest.CaptureFixture[str], photos: Path, text: str, told: str
) -> None:
    (photos / "labels.tsv").write_text(text)
    assert score("--data", photos, "--labels", photos / "labels.tsv") == 2
    assert told in capsys.readouterr().err


def test_nothing_is_fitted_where_all_is_right(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    (photos / "labels.tsv").write_text(f"dog.jpg\t{PUG}\n")
    assert score("--data", photos, "--labels", photos / "labels.tsv") == 0
    assert json.loads(capsys.readouterr().out)["constants that fit best"] is None


@pytest.mark.parametrize("file", [LABELS, LABELS.with_name("calibration.tsv")])
def test_the_labels_that_are_kept_are_nouns(file: Path) -> None:
    lines = [line.split("\t") for line in file.read_text().splitlines()]
    assert len(lines) > 200
    assert all(id in load_nouns() for _, ids in lines for id in ids.split(","))


def test_no_photo_is_both_judged_and_learnt_from() -> None:
    sets = [LABELS, LABELS.with_name("calibration.tsv"), LABELS.parents[2] / "zoo" / "train" / "labels.tsv"]
    names = [line.partition("\t")[0] for file in sets for line in file.read_text().splitlines()]
    assert len(set(names)) == len(names)


def test_certainty_is_found_where_probabilities_tell_what_is_right_and_not_where_they_do_not() -> None:
    rng = np.random.default_rng(0)
    classifier = ZeroShotClassifier(CLASSES)
    probabilities = rng.dirichlet([0.4] * len(CLASSES), 400).astype(np.float32)
    told = [(int(rng.choice(classifier.tree.rows, p=one / one.sum())),) for one in probabilities.astype(float)]
    chance = [(int(rng.choice(classifier.tree.rows)),) for _ in probabilities]
    telling, meaningless = fitted(classifier, probabilities, told), fitted(classifier, probabilities, chance)
    assert telling is not None and telling["platt_slope"] > 0.7
    assert meaningless is not None and abs(meaningless["platt_slope"]) < 0.5
