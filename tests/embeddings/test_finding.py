"""What a search shows: what matches, near-copies once, and nothing where nothing matches."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import BadQuery
from embeddings.finding import FLOOR, Query, asked, cut_off, matches, more_like
from embeddings.index import VectorIndex
from embeddings.nouns import load_nouns
from embeddings.pictures import PictureSet
from embeddings.vectors import load_noun_vectors, unit

PUG, DOG, CRANE_BIRD, CRANE_MACHINE = "n02110958", "n02084071", "n02012849", "n03126707"
CLASSES = [PUG, CRANE_BIRD, CRANE_MACHINE, *load_nouns().ids[5000:80000:250]]  # and nouns of all kinds
ONE, OTHER = 0x0123456789ABCDEF, 0xFEDCBA9876543210


def vector_of(id: str) -> np.ndarray:
    return load_noun_vectors()[load_nouns().row(id)]


def pictures_of(folder: Path, **seen: tuple[np.ndarray, int]) -> PictureSet:
    """Pictures that are really there, with a vector and a fingerprint each."""
    pictures = PictureSet(folder, VectorIndex.build(np.stack([vector for vector, _ in seen.values()]), model="m"))
    for id, (name, (_, bits)) in enumerate(seen.items()):
        (folder / f"{name}.jpg").write_bytes(b"")
        pictures.pictures[f"{name}.jpg"] = {"id": id, "fingerprint": bits}
    pictures.index.notes["classes"] = CLASSES
    return pictures


def near(vector: np.ndarray, cosine: float, seed: int = 0) -> np.ndarray:
    """A unit vector at this cosine."""
    other = np.random.default_rng(seed).normal(size=len(vector)).astype(np.float32)
    other = unit(other - (other @ vector) * vector)
    return cosine * vector + np.sqrt(1 - cosine**2) * other


def test_a_picture_of_what_is_asked_for_matches_and_another_does_not(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, pug=(near(vector_of(PUG), 0.8), ONE), crane=(vector_of(CRANE_MACHINE), OTHER))
    (found,) = matches(asked("pug"), pictures)
    assert found.hit.id == str(tmp_path / "pug.jpg") and found.hit.score > 0.7
    assert [match.hit.label for match in matches(asked("dog"), pictures)] == ["pug.jpg"]


def test_a_picture_of_a_kind_of_what_is_asked_for_matches_however_far_it_lies(tmp_path: Path) -> None:
    vertebrate = asked("vertebrate")
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), crane=(vector_of(CRANE_MACHINE), OTHER))
    assert vector_of(PUG) @ vertebrate.vector < cut_off(vertebrate, CLASSES)
    assert [match.hit.label for match in matches(vertebrate, pictures)] == ["pug.jpg"]
    assert matches(asked("vertebrate - dog"), pictures) == []


def test_what_no_picture_shows_matches_nothing(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), crane=(vector_of(CRANE_MACHINE), OTHER))
    assert matches(asked("democracy"), pictures) == matches(asked("lighthouse"), pictures) == []


def test_one_random_picture_in_a_hundred_reaches_the_cut_off() -> None:
    query = Query(asked("violin").vector)
    scores = np.array([vector_of(id) for id in CLASSES]) @ query.vector
    least = cut_off(query, CLASSES)
    assert least > FLOOR
    assert 0 < (scores >= least).mean() < 0.03


def test_kinds_of_what_is_asked_for_are_no_random_pictures() -> None:
    dogs = [id for id in load_nouns().ids if DOG in load_nouns().path(id)]
    query = asked("dog")
    assert len(dogs) > 100
    assert cut_off(query, CLASSES + dogs) == pytest.approx(cut_off(query, CLASSES))
    assert cut_off(Query(query.vector), CLASSES + dogs) > cut_off(query, CLASSES)


def test_a_model_whose_classes_are_not_known_has_the_floor() -> None:
    assert cut_off(asked("dog"), []) == cut_off(asked("dog"), ["n00000000"]) == FLOOR


def test_near_copies_are_shown_once_as_the_best_of_them(tmp_path: Path) -> None:
    pug = vector_of(PUG)
    pictures = pictures_of(
        tmp_path, small=(near(pug, 0.8), ONE ^ 0b111), best=(pug, ONE), cut=(near(pug, 0.7), ONE ^ 0x3FF),
        other=(near(pug, 0.9), OTHER),
    )  # fmt: skip
    folded = matches(asked("pug"), pictures)
    assert [match.hit.label for match in folded] == ["best.jpg", "other.jpg"]
    assert [copy.label for copy in folded[0].copies] == ["small.jpg", "cut.jpg"]
    assert [more_like(match) for match in folded] == [" (and 2 more like it)", ""]
    apart = matches(asked("pug"), pictures, fold=False)
    assert [match.hit.label for match in apart] == ["best.jpg", "other.jpg", "small.jpg", "cut.jpg"]


def test_pictures_of_one_kind_are_no_copies_and_neither_are_those_of_one_pattern(tmp_path: Path) -> None:
    pug = vector_of(PUG)
    alike = pictures_of(tmp_path, a=(pug, ONE), b=(pug, ONE ^ 0xFFFF))
    assert len(matches(asked("pug"), alike)) == 2
    patterned = pictures_of(tmp_path, a=(near(pug, 0.75, 1), ONE), b=(near(pug, 0.75, 2), ONE))
    assert len(matches(asked("pug"), patterned)) == 2


def test_a_search_gives_no_more_than_it_is_asked_for(tmp_path: Path) -> None:
    seen = {f"p{number}": (near(vector_of(PUG), 0.9, number), 0) for number in range(9)}
    pictures = pictures_of(tmp_path, **seen)
    assert len(matches(asked("pug"), pictures, k=2, fold=False)) == 2
    with pytest.raises(BadQuery, match="0 answers"):
        matches(asked("pug"), pictures, k=0)


def test_a_picture_that_is_gone_is_not_shown(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, a=(vector_of(PUG), ONE), b=(vector_of(PUG), OTHER))
    (tmp_path / "a.jpg").unlink()
    assert [match.hit.label for match in matches(asked("pug"), pictures)] == ["b.jpg"]


def test_a_folder_that_vanishes_while_it_is_searched_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    pictures = pictures_of(folder, a=(vector_of(PUG), ONE))
    assert len(matches(asked("pug"), pictures)) == 1
    folder.rename(tmp_path / "moved")
    with pytest.raises(BadQuery, match=r"no folder or zip .*photos"):
        matches(asked("pug"), pictures)


def test_a_word_and_a_picture_count_alike() -> None:
    query = asked("pug").like(vector_of(CRANE_MACHINE))
    assert np.linalg.norm(query.vector) == pytest.approx(1)
    assert query.vector @ asked("pug").vector == pytest.approx(query.vector @ vector_of(CRANE_MACHINE), abs=1e-5)
    assert PUG in query.nouns


def test_words_that_are_taken_away_are_not_asked_for() -> None:
    assert PUG in asked("pug - crane").nouns
    assert not asked("pug - crane").nouns & {CRANE_BIRD, CRANE_MACHINE}
