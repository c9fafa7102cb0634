"""Nouns for vectors, pictures for queries."""

from pathlib import Path

import numpy as np
import pytest
from picture_sets import picture_set

from embeddings.library.collection import PictureSet
from embeddings.naming.nearest import nearest_nouns
from embeddings.retrieval.match import similar
from embeddings.retrieval.query import query_vector
from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import load_noun_vectors, load_words
from zoo.errors import BadQuery

PUG, DOG, BULLDOG, CRANE_BIRD, CRANE_MACHINE = "n02110958", "n02084071", "n02096585", "n02012849", "n03126707"


def vector_of(id: str) -> np.ndarray:
    return load_noun_vectors()[load_nouns().row(id)]


def test_a_noun_is_nearest_to_itself() -> None:
    for id in (PUG, DOG, CRANE_BIRD, CRANE_MACHINE):
        hit = nearest_nouns(vector_of(id), k=1)[0]
        assert (hit.id, hit.score) == (id, pytest.approx(1, abs=1e-4))


def test_the_two_cranes_differ() -> None:
    assert vector_of(CRANE_BIRD) @ vector_of(CRANE_MACHINE) < 0.95


def test_hits_come_best_first_and_agree_with_plain_arithmetic() -> None:
    hits = nearest_nouns(vector_of(PUG), k=25)
    scores = np.sort(load_noun_vectors() @ vector_of(PUG))[::-1][:25]
    assert [hit.score for hit in hits] == pytest.approx(scores.tolist(), abs=1e-6)


def test_candidates_limit_the_nouns() -> None:
    hits = nearest_nouns(vector_of(PUG), k=10, candidates=[CRANE_BIRD, DOG])
    assert [hit.id for hit in hits] == [DOG, CRANE_BIRD]


def test_bad_candidates_and_vectors_are_refused() -> None:
    with pytest.raises(BadQuery, match="empty"):
        nearest_nouns(vector_of(PUG), candidates=[])
    with pytest.raises(BadQuery, match="banana"):
        nearest_nouns(vector_of(PUG), candidates=["banana"])
    with pytest.raises(BadQuery, match="7 numbers"):
        nearest_nouns(np.ones(7))


def test_no_answers_cannot_be_asked_for() -> None:
    with pytest.raises(BadQuery, match="0 answers"):
        nearest_nouns(vector_of(PUG), k=0)


def pictures_of(folder: Path, *ids: str) -> PictureSet:
    return picture_set(folder, **{id: (vector_of(id), 0) for id in ids})


def test_a_word_finds_its_picture(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, PUG, CRANE_MACHINE, CRANE_BIRD)
    hits = similar(query_vector("pug"), pictures, k=99)
    assert hits[0].id == str(tmp_path / f"{PUG}.jpg")
    assert len(hits) == 3
    assert {hit.id for hit in similar(query_vector("crane"), pictures, k=2)} == {
        str(tmp_path / f"{id}.jpg") for id in (CRANE_MACHINE, CRANE_BIRD)
    }


def test_a_minus_word_moves_away_from_a_sense(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, CRANE_MACHINE, CRANE_BIRD)
    assert similar(query_vector("crane - bird"), pictures)[0].id.endswith(f"{CRANE_MACHINE}.jpg")


def test_a_quoted_picture_is_looked_at(tmp_path: Path) -> None:
    looked = []

    def look(path: Path) -> np.ndarray:
        looked.append(path)
        return vector_of(CRANE_BIRD)

    pictures = pictures_of(tmp_path, PUG, CRANE_BIRD)
    assert similar(query_vector('"my photo.JPG"', look), pictures, k=1)[0].id.endswith(f"{CRANE_BIRD}.jpg")
    assert looked == [Path("my photo.JPG")]


def test_a_picture_finds_its_like(tmp_path: Path) -> None:
    hits = similar(vector_of(BULLDOG), pictures_of(tmp_path, CRANE_MACHINE, PUG))
    assert [Path(hit.id).stem for hit in hits] == [PUG, CRANE_MACHINE]


def test_a_word_that_is_no_noun_is_searched_as_a_word() -> None:
    words = load_words()
    word = next(word for word in words.words if not words.nouns.synsets(word))
    assert query_vector(word) == pytest.approx(words[word], abs=1e-5)


def test_what_the_bundled_words_lack_is_looked_up_elsewhere() -> None:
    asked = []

    def look_up(text: str) -> np.ndarray:
        asked.append(text)
        return vector_of(PUG)

    assert query_vector("zzqqxx", look_up=look_up) == pytest.approx(vector_of(PUG), abs=1e-6)
    assert query_vector("dog + green zzqqxx", look_up=look_up) @ vector_of(PUG) > 0.8
    assert query_vector("lighthouse", look_up=look_up) @ vector_of(PUG) < 0.5
    assert asked == ["zzqqxx", "green zzqqxx"]
