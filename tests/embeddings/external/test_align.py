"""Other vectors are turned into the bundled space, and pictures and words found through them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from encoder_stand_in import PUG, run, stand_in

from embeddings.cli import image_encoder
from embeddings.external import align as aligned
from embeddings.external.align import align, alignment_facts, learn, open_vectors, orthogonal, ridge
from embeddings.external.table import WordTable
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import load_words
from zoo.errors import BadQuery, Refused, UnknownWord

SHARED, DIMENSION = 2000, 300
MADE_UP = {"zorgle_hound": "pug", "Blenkoscope": "lighthouse"}  # no bundled words; each means the same as one


def turned(vectors: np.ndarray, noise: float = 0.03) -> np.ndarray:
    """The vectors in another space: more dimensions, rotated, moved away from the middle, and not exact."""
    random = np.random.default_rng(0)
    turn = np.linalg.qr(random.normal(size=(DIMENSION, DIMENSION)))[0][: vectors.shape[1]]
    moved = vectors @ turn + 0.2 * random.normal(size=DIMENSION) / np.sqrt(DIMENSION)
    return (moved + noise * random.normal(size=moved.shape)).astype(np.float32)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first bundled words under another map, and words that only these vectors have."""
    words, folder = load_words(), tmp_path_factory.mktemp("other")
    names = words.words[:SHARED]
    vectors = np.concatenate([words.vectors[:SHARED], np.stack([words[like] for like in MADE_UP.values()])])
    np.save(folder / "other.npy", turned(vectors))
    (folder / "other.txt").write_text("\n".join([*names, *MADE_UP]) + "\n", encoding="utf-8")
    return folder / "other.npy"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")  # one for the module, so that the vectors are turned once


@pytest.fixture(autouse=True)
def _cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRIS_CACHE", str(cache))


def test_a_rotation_is_learnt_back_exactly() -> None:
    words = load_words()
    for method in (orthogonal, ridge):
        source = turned(words.vectors[:1000], noise=0) - turned(words.vectors[:1000], noise=0).mean(axis=0)
        target = words.vectors[:1000] - words.vectors[:1000].mean(axis=0)
        found = unit(source @ method(source, target))
        assert (found * unit(target)).sum(axis=1).min() > 0.99


def test_an_orthogonal_map_has_orthonormal_columns() -> None:
    matrix = orthogonal(*np.random.default_rng(0).normal(size=(2, 400, 20)))
    assert np.allclose(matrix.T @ matrix, np.eye(20), atol=1e-5)


def test_the_map_that_serves_held_out_words_best_is_taken(other: Path) -> None:
    facts = alignment_facts(align(open_vectors(str(other))))
    tried = facts["tried"]
    assert (facts["shared"], facts["held_out"]) == (SHARED, SHARED // 10)
    assert tried.keys() == {"orthogonal", "ridge"}
    assert tried[facts["method"]]["itself"] == max(quality["itself"] for quality in tried.values()) > 0.9
    assert tried[facts["method"]]["cosine"] > 0.8


def test_held_out_words_are_not_learnt_from() -> None:
    """Vectors that mean nothing can be learnt by heart, but held-out words show it."""
    random = np.random.default_rng(0)
    source, target = unit(random.normal(size=(2, 600, 300)).astype(np.float32))
    assert max(quality.itself for quality in learn(source, target, np.arange(600)).tried.values()) < 0.1


def test_a_word_that_only_the_larger_table_has_lies_where_it_should(other: Path) -> None:
    table = align(open_vectors(str(other)))
    for name, like in MADE_UP.items():
        assert load_words().nearest(table.look_up(name).vector, 1)[0][0] == like
        with pytest.raises(UnknownWord):
            load_words().look_up(name.replace("_", ""))


def test_vectors_are_converted_and_turned_once(other: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = align(open_vectors(str(other)))
    monkeypatch.setattr(aligned, "read_vectors", None)
    monkeypatch.setattr(aligned, "learn", None)
    again = align(open_vectors(str(other)))
    assert again.words == first.words and again.notes == first.notes


def test_a_file_that_changed_is_converted_anew(tmp_path: Path) -> None:
    for count in (60, 70):
        np.save(tmp_path / "v.npy", load_words().vectors[:count])
        (tmp_path / "v.txt").write_text("\n".join(load_words().words[:count]))
        assert len(align(open_vectors(str(tmp_path / "v.npy")))) == count
    assert len(open_vectors(str(tmp_path / "v.npy"), 50)) == 50


def test_vectors_of_another_language_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "v.npy", load_words().vectors[:90])
    (tmp_path / "v.txt").write_text("\n".join(f"qq{number}" for number in range(90)))
    with pytest.raises(Refused, match="only 0 words are shared"):
        align(open_vectors(str(tmp_path / "v.npy")))


def test_a_table_answers_as_plain_arithmetic_does(tmp_path: Path) -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(5000, 20)).astype(np.float32))
    names = [f"w{number}" for number in range(5000)]
    table = WordTable.write(tmp_path / "t.safetensors", names, [vectors[:10], vectors[10:]], {})
    exact = [names[row] for row in np.argsort(-vectors @ vectors[7])[:10]]
    found = table.nearest(vectors[7], 10)
    assert len({name for name, _ in found} & set(exact)) >= 9  # 8 bits may swap neighbours
    assert found[0] == ("w7", pytest.approx(1, abs=0.01))
    assert np.allclose(np.concatenate(list(table.parts())), vectors, atol=0.01)


def test_one_spelling_of_a_word_is_enough(tmp_path: Path) -> None:
    names = ["pug", "Pug", "PUG", "red_dog", "Red_Dog", "cat"]
    vectors = np.eye(6, 8, dtype=np.float32) + 1
    table = WordTable.write(tmp_path / "t.safetensors", names, [vectors], {})
    assert {name for name, _ in table.nearest(unit(vectors[0]), 9, without=["pug"])} == {"red_dog", "cat"}
    assert table.look_up("red dog").words == ("red_dog",)
    assert table.look_up("CAT").how == "spelling variant"
    assert table.look_up("cat of a pug").words == ("cat", "pug")
    with pytest.raises(UnknownWord, match="did you mean cat"):
        table.look_up("caat")
    with pytest.raises(BadQuery, match="0 answers"):
        table.nearest(vectors[0], 0)


def test_a_damaged_table_is_refused(tmp_path: Path) -> None:
    WordTable.write(tmp_path / "t.safetensors", ["a", "b"], [np.eye(2, dtype=np.float32)], {})
    whole = (tmp_path / "t.safetensors").read_bytes()
    (tmp_path / "t.safetensors").write_bytes(whole[:-5])
    with pytest.raises(Refused, match="damaged"):
        WordTable(tmp_path / "t.safetensors")


def test_words_shows_the_neighbours_and_the_quality(capsys: pytest.CaptureFixture[str], other: Path) -> None:
    code, out, err = run(capsys, "words", "zorgle hound", "--vectors", other, "--top", 4, "--json")
    facts = json.loads(out)
    assert (code, err, facts["how"]) == (0, "", "spelling variant")
    assert len(facts["words"]) == len(facts["nouns"]) == 4
    assert facts["alignment"]["held_out"] == 200
    _, text, _ = run(capsys, "words", "zorgle hound", "--vectors", other)
    assert "of 200 held out" in text and "mean cosine" in text


def test_a_picture_is_named_from_the_larger_vocabulary_and_found_by_it(
    capsys: pytest.CaptureFixture[str], other: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows_dogs = {"classes": (PUG, "n02096585"), "class_probabilities": lambda path: np.array([0.9, 0.1], np.float32)}
    monkeypatch.setattr(image_encoder, "load", lambda options: replace(stand_in(options), **knows_dogs))
    for name, id in (("a.jpg", PUG), ("b.jpg", load_nouns().synsets("lighthouse")[0])):
        (tmp_path / name).write_text(id)
    _, out, _ = run(capsys, "name", tmp_path / "a.jpg", "--vectors", other, "--json")
    assert json.loads(out)["vectors"][0]["word"] == "zorgle hound"
    _, text, _ = run(capsys, "name", tmp_path / "a.jpg", "--vectors", other)
    assert "other words: zorgle hound" in text
    assert run(capsys, "index", tmp_path)[0] == 0
    assert run(capsys, "find", "blenkoscope")[0] == 2
    for query in ("blenkoscope", "zzqq blenkoscope", "blenkoscope - zorgle_hound"):
        code, out, _ = run(capsys, "find", query, "--photos", tmp_path, "--vectors", other, "--json")
        assert code == 0 and Path(json.loads(out)[0]["file"]).name == "b.jpg"


def test_unknown_vectors_are_one_line_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    for source, hint in (("words.glove-30", "did you mean words.glove-300"), ("/absent.bin", "no file")):
        code, out, err = run(capsys, "words", "pug", "--vectors", source)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
        assert hint in err
