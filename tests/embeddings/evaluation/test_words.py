"""The measured tables, on sets small enough to check by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings import __main__ as command_line
from embeddings.evaluation import nouns as noun_measures

PUG = "n02110958"


def scored(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert command_line.main(["score", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_words_are_ranked_as_people_rank_them(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "EN-MEN-TR-3k.txt").write_text("car\tautomobile\t50\ndog\twolf\t30\ncar\tbanana\t1\nqqzz\tdog\t2\n")
    (tmp_path / "questions-words.txt").write_text(
        ": capital\nberlin germany madrid spain\n: gram1\ncar cars dog dogs\n"
    )
    found = scored(capsys, "words", "--data", tmp_path)
    assert found["MEN"] == {"spearman": 1.0, "covered": 0.75}
    assert found["analogies, semantic"] == 1.0
    assert found["analogies, syntactic"] == 1.0
    assert found["analogies covered"] == 1.0


def test_words_of_one_category_fall_together(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    fruit = "".join(f"{n},fruit,{word}\n" for n, word in enumerate(("apple", "pear", "banana", "cherry")))
    birds = "".join(f"{n},bird,{word}\n" for n, word in enumerate(("sparrow", "robin", "qqzz", "heron"), start=4))
    both = "8,fruit,kiwi\n9,bird,kiwi\n"  # of two categories: left out
    (tmp_path / "battig.csv").write_text(",category,word\n" + fruit + birds + both)
    found = scored(capsys, "words", "--data", tmp_path)
    assert found == {"Battig": {"purity": 1.0, "categories": 2, "covered": 0.875}}


@pytest.mark.slow
def test_every_noun_is_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noun_measures, "SAMPLE", 8)
    monkeypatch.setattr(noun_measures, "QUERIES", 4)
    (tmp_path / f"{PUG}_pug.jpg").touch()
    (tmp_path / "n99999999").mkdir()
    found = scored(capsys, "nouns", "--data", tmp_path)
    assert found["synsets"] == found["with a vector"] == 82_115
    assert sum(found[f"by {rule}"] for rule in ("lemma", "phrase", "ancestors")) == pytest.approx(1, abs=1e-3)
    assert (found["classes in --data"], found["of them nouns with a vector"]) == (2, 1)
    assert found["of them nearest to themselves"] == 1
    assert "winch" in found["nearest to crane, a kind of lifting device"]
    assert 0 < found["query, ms"] < 1000
    assert found["resident memory, MB"] > 65  # of the noun vectors alone


def test_vectors_kept_by_gensim_are_the_same() -> None:
    kept = noun_measures.keyed(["a", "b"], np.eye(2, dtype=np.float32))
    assert kept.similar_by_word("a")[0][0] == "b"
