"""Naming is scored on photos whose class is the folder's name, with a stand-in that sees what a file says."""

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

from embeddings import __main__ as command_line
from embeddings.cli import image_encoder
from embeddings.evaluation import zeroshot_methods as methods
from embeddings.evaluation.calibration import score_confidence
from embeddings.evaluation.hit_at_k import hits
from embeddings.evaluation.labelled_photos import rows_of_class
from embeddings.library.encoder import ImageEncoder
from embeddings.results import Answer
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import data_sha256
from zoo.errors import BadQuery

PUG, BULLDOG, CRANE_BIRD, BEACON = "n02110958", "n02096585", "n02012849", "n02814860"
CLASSES = (PUG, BULLDOG, CRANE_BIRD, BEACON)
RNG = np.random.default_rng(0)


def see(path: Path | bytes) -> np.ndarray:
    """The class probabilities that a file holds."""
    assert isinstance(path, Path)
    return np.array(path.read_text().split(), np.float32)


def features_of(path: Path) -> np.ndarray:
    """The same, as features of two crops."""
    return np.stack([see(path)] * 2)


def classify(features: np.ndarray) -> np.ndarray:
    return features.mean(axis=1)


def stand_in(options: Namespace) -> ImageEncoder:
    return ImageEncoder(
        model="m", classes=CLASSES, words_sha256=data_sha256(), encode=see, encode_files=lambda files: iter(()),
        class_probabilities=see, features=features_of, classify=classify,
    )  # fmt: skip


@pytest.fixture
def photos(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(image_encoder, "load", stand_in)
    monkeypatch.setattr(methods, "EPOCHS", 2)
    for name, text in (
        (PUG, ".9 .06 .02 .02"),
        (BULLDOG, ".1 .8 .05 .05"),
        ("dog", ".5 .5 0 0"),
        ("oatghurt", "1 0 0 0"),
    ):
        (tmp_path / "photos" / name).mkdir(parents=True)
        (tmp_path / "photos" / name / "a.jpg").write_text(text)
    return tmp_path / "photos"


def scored(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict:
    assert command_line.main(["score", "zeroshot", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_seen_and_unseen_classes_are_scored_apart_in_every_way(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, photos: Path
) -> None:
    found = scored(capsys, "--data", photos, "--train", photos, "--figures", photos.parent / "figures")
    assert (found["seen photos"], found["unseen photos"]) == (2, 1)
    assert found["shipped; seen photos, all nouns"]["hit@1"] == 1.0
    assert found["shipped; unseen photos, all nouns"]["hit@1"] == 0.0
    assert found["shipped; unseen photos, unseen nouns"]["hit@1"] == 1.0
    assert "oatghurt" in caplog.text
    ways = {name.partition(";")[0] for name in found if ";" in name}
    assert {"ConSE", "ConSE, HierSE labels", "DeViSE, linear", "ESZSL", "ridge to features", "without kernels"} <= ways
    assert (photos.parent / "figures" / "reliability.svg").read_text().startswith("<?xml")
    assert (photos.parent / "figures" / "risk-coverage.svg").is_file()


@pytest.mark.slow
def test_classes_held_out_count_as_unseen(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    found = scored(capsys, "--data", photos, "--hold-out", 1)
    assert (found["seen photos"], found["unseen photos"]) == (1, 2)


@pytest.mark.slow
def test_classes_may_lie_deeper_beside_folders_without_pictures(
    capsys: pytest.CaptureFixture[str], photos: Path
) -> None:
    (photos / "set" / "part").mkdir(parents=True)
    (photos / PUG).rename(photos / "set" / "part" / PUG)
    (photos / "empty").mkdir()
    found = scored(capsys, "--data", photos, photos / "set", "--limit", 1)
    assert (found["seen photos"], found["unseen photos"]) == (2, 1)


def test_folders_without_a_class_are_refused(capsys: pytest.CaptureFixture[str], photos: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert command_line.main(["score", "zeroshot", "--data", str(tmp_path / "empty")]) == 2
    assert "named by a synset id or a noun" in capsys.readouterr().err


def test_a_class_is_every_noun_that_its_word_means() -> None:
    nouns = load_nouns()
    assert rows_of_class(PUG, nouns) == (nouns.row(PUG),)
    assert {nouns.row(CRANE_BIRD), nouns.row("n03126707")} <= set(rows_of_class("crane", nouns))
    assert rows_of_class("sweet_pepper", nouns) == rows_of_class("Sweet-Pepper", nouns) != ()
    assert rows_of_class("oatghurt", nouns) == ()


def test_hits_are_counted_where_the_class_stands() -> None:
    nouns = load_nouns()
    rows = np.array([nouns.row(id) for id in (BULLDOG, PUG, CRANE_BIRD)])
    scored = [(rows, np.array([0.9, 0.5, 0.1]))] * 2
    found = hits(scored, [(rows[1],), (rows[2],)], rows[:2])
    assert [found["all nouns"][f"hit@{k}"] for k in (1, 2, 5)] == [0.0, 0.5, 1.0]
    assert found["unseen nouns"]["hit@1"] == 0.5
    assert 0 < found["all nouns"]["hierarchical@5"] < 1


class Oracle:
    """Says what it is given, with the sureness it is given."""

    def answer(self, probabilities: np.ndarray, *, confidence: float) -> Answer:
        return Answer(bool(probabilities[0] >= confidence), PUG, "pug", float(probabilities[0]))


def test_sureness_that_is_earned_has_no_calibration_error() -> None:
    probabilities = np.full((10, 1), 0.8, np.float32)
    right = [(load_nouns().row(PUG),)] * 8 + [(load_nouns().row(BEACON),)] * 2
    found = score_confidence(Oracle(), probabilities, right)
    assert found["expected calibration error"] == pytest.approx(0, abs=1e-4)
    assert found["answered at 90% accuracy"] == 0
    assert score_confidence(Oracle(), probabilities, right[:8] * 1 + right[:2])["answered at 90% accuracy"] == 1.0


def test_maps_from_features_find_the_classes_that_they_were_fitted_on() -> None:
    classes = unit(RNG.standard_normal((6, 12)).astype(np.float32))
    labels = np.repeat(np.arange(6), 20)
    turn = RNG.standard_normal((12, 16)).astype(np.float32)
    features = unit(classes[labels] @ turn + 0.05 * RNG.standard_normal((120, 16)).astype(np.float32))
    back = methods.ridge_to_features(features, classes[labels])
    points = {
        "words": features @ methods.ridge_to_words(features, classes[labels]) @ classes.T,
        "features": features @ back.T @ classes.T - ((classes @ back) ** 2).sum(axis=1) / 2,
        "eszsl": features @ methods.eszsl(features, labels, classes) @ classes.T,
        "devise": features @ methods.devise(features, labels, classes) @ classes.T,
    }
    for way, scores in points.items():
        assert (scores.argmax(axis=1) == labels).mean() > 0.9, way


def test_a_hub_is_owed_more_than_a_noun_that_is_far_from_all() -> None:
    bank = unit(np.abs(RNG.standard_normal((30, 8))))
    vectors = unit(np.stack([np.ones(8), -np.ones(8)]))
    near, far = methods.hubs(bank, np.repeat(vectors, 50, axis=0))[[0, -1]]
    assert near > 0.5 > 0 > far


def test_conse_of_one_class_is_its_vector_and_stacking_takes_from_seen_nouns_alone() -> None:
    classes = unit(RNG.standard_normal((4, 5)))
    assert np.allclose(methods.conse(np.eye(4), classes), classes)
    assert methods.stacking(np.array([1]), 3, 0.2).tolist() == pytest.approx([0, 0.2, 0])


def test_a_folder_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str], photos: Path) -> None:
    assert command_line.main(["score", "zeroshot", "--data", str(photos / "gone")]) == BadQuery.exit_code
    assert "--data DIR" in capsys.readouterr().err
