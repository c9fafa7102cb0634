"""The command line as a whole: words, export, and one sentence for what is wrong."""

import json
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from encoder_stand_in import CRANE_BIRD, PUG, run, stand_in

from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import data_sha256, load_noun_vectors
from zoo.errors import IrisError


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
        ["score", "words", "--compare", "words.model"],
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
