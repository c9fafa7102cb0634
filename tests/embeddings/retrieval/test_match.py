"""What a search shows: what matches, near-copies once, and nothing where nothing matches."""

from pathlib import Path

import numpy as np
import pytest
from picture_sets import picture_set

from embeddings.library.collection import PictureSet
from embeddings.retrieval import match as finding
from embeddings.retrieval.class_mixture import Mixtures
from embeddings.retrieval.match import FLOOR, NO_MATCH, matches, more_like, scores
from embeddings.retrieval.query import asked, like
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import load_noun_vectors
from zoo.errors import BadQuery

PUG, LION, CRANE_BIRD, CRANE_MACHINE = "n02110958", "n02129165", "n02012849", "n03126707"
CLASSES = [PUG, LION, CRANE_BIRD, CRANE_MACHINE, *load_nouns().ids[5000:80000:250]]  # and nouns of all kinds
ONE, OTHER = 0x0123456789ABCDEF, 0xFEDCBA9876543210


def vector_of(id: str) -> np.ndarray:
    return load_noun_vectors()[load_nouns().row(id)]


def pictures_of(folder: Path, **seen: tuple[np.ndarray, int]) -> PictureSet:
    """Pictures that are really there, with a vector and a fingerprint each."""
    return picture_set(folder, CLASSES, **seen)


def near(vector: np.ndarray, cosine: float, seed: int = 0) -> np.ndarray:
    """A unit vector at this cosine."""
    other = np.random.default_rng(seed).normal(size=len(vector)).astype(np.float32)
    other = unit(other - (other @ vector) * vector)
    return cosine * vector + np.sqrt(1 - cosine**2) * other


def test_a_picture_of_what_is_asked_for_matches_and_another_does_not(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, pug=(near(vector_of(PUG), 0.8), ONE), crane=(vector_of(CRANE_MACHINE), OTHER))
    (found,) = matches(asked("pug"), pictures)
    assert found.hit.id == str(tmp_path / "pug.jpg") and 0.6 < found.hit.score < 0.8
    assert [match.hit.label for match in matches(asked("dog"), pictures)] == ["pug.jpg"]


def test_a_picture_of_a_kind_of_what_is_asked_for_matches_however_far_it_lies(tmp_path: Path) -> None:
    organism = asked("organism")
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), crane=(vector_of(CRANE_MACHINE), OTHER))
    assert vector_of(PUG) @ organism.vector < 0.3
    assert [match.hit.label for match in matches(organism, pictures)] == ["pug.jpg"]
    assert matches(asked("organism - dog"), pictures) == []


def test_a_picture_that_shows_more_of_what_is_taken_away_does_not_match(tmp_path: Path) -> None:
    pug, lion = vector_of(PUG), vector_of(LION)
    seen = {"pug": (pug, ONE), "both": (unit(pug + 2 * lion), OTHER), "little": (unit(3 * pug + lion), 0)}
    pictures = pictures_of(tmp_path, **seen)
    assert [match.hit.label for match in matches(asked("organism - lion"), pictures)] == ["pug.jpg", "little.jpg"]


def test_a_clear_picture_of_another_kind_does_not_match_however_near_it_lies(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, lion=(vector_of(LION), ONE))
    assert vector_of(LION) @ asked("dog").vector > 0.4
    assert matches(asked("dog"), pictures) == []
    assert len(matches(asked("cat"), pictures)) == 1


def test_a_part_of_a_picture_matches_and_one_that_holds_more_comes_first(tmp_path: Path) -> None:
    both = unit(0.7 * vector_of(LION) + 0.3 * vector_of(CRANE_MACHINE))
    hint = unit(0.97 * vector_of(LION) + 0.03 * vector_of(CRANE_MACHINE))
    pictures = pictures_of(tmp_path, both=(both, ONE), hint=(hint, OTHER), crane=(vector_of(CRANE_MACHINE), 0))
    assert [match.hit.label for match in matches(asked("crane"), pictures)] == ["crane.jpg", "both.jpg"]
    assert [match.hit.label for match in matches(asked("cat"), pictures)] == ["hint.jpg", "both.jpg"]


def test_a_picture_that_shows_both_comes_before_those_that_show_one(tmp_path: Path) -> None:
    both = unit(vector_of(LION) + vector_of(PUG))
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), lion=(vector_of(LION), 0), both=(both, OTHER))
    for query in (asked("pug + lion"), asked("lion").like(vector_of(PUG))):
        found = [match.hit.label for match in matches(query, pictures)]
        assert found[0] == "both.jpg" and sorted(found[1:]) == ["lion.jpg", "pug.jpg"]


def test_what_is_far_from_its_word_is_found_behind_others_that_are_nearer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "CANDIDATES", 1)
    lion, cat = near(vector_of(LION), 0.9), asked("cat")
    assert vector_of(PUG) @ cat.vector > lion @ cat.vector
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), lion=(lion, OTHER))
    assert [match.hit.label for match in matches(cat, pictures, k=1)] == ["lion.jpg"]


def test_of_what_has_a_class_and_what_has_none_the_first_decides_and_both_rank(tmp_path: Path) -> None:
    plain, nearer = vector_of(PUG), unit(vector_of(PUG) + 0.5 * asked("democracy").vector)
    crane = unit(vector_of(CRANE_MACHINE) + asked("democracy").vector)
    pictures = pictures_of(tmp_path, plain=(plain, ONE), nearer=(nearer, 0), crane=(crane, OTHER))
    for query in (asked("pug + democracy"), asked("democracy").like(vector_of(PUG))):
        assert [match.hit.label for match in matches(query, pictures)] == ["nearer.jpg", "plain.jpg"]


def test_pictures_like_a_picture_hold_something_of_what_it_shows(tmp_path: Path) -> None:
    given = unit(vector_of(PUG) + vector_of(CRANE_BIRD))
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), lion=(vector_of(LION), OTHER), same=(given, 0))
    assert [match.hit.label for match in matches(like(given), pictures)] == ["same.jpg", "pug.jpg"]


def test_what_no_picture_shows_matches_nothing(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), crane=(vector_of(CRANE_MACHINE), OTHER))
    assert matches(asked("democracy"), pictures) == matches(asked("lighthouse"), pictures) == []


def test_what_the_network_has_no_class_of_matches_what_is_nearly_as_like_it_as_like_its_own_class() -> None:
    known, query = Mixtures((PUG, LION)), asked("poodle")
    between = unit(query.vector + vector_of(PUG))
    clear, unclear = scores(query, np.stack([vector_of(LION), between]), known)
    assert vector_of(LION) @ query.vector > FLOOR and clear == NO_MATCH
    assert unclear == pytest.approx(between @ query.vector, abs=1e-5)


def test_a_model_whose_classes_are_not_known_goes_by_cosines() -> None:
    known, query = Mixtures(("n00000000",)), asked("dog")
    vectors = np.stack([near(query.vector, 0.45), near(query.vector, 0.35)])
    for each in (query, like(query.vector)):
        assert scores(each, vectors, known).tolist() == [pytest.approx(0.45, abs=1e-5), NO_MATCH]


def test_nothing_is_found_among_no_pictures(tmp_path: Path) -> None:
    pictures = PictureSet.in_memory(tmp_path, "m", CLASSES)
    assert matches(asked("pug + democracy"), pictures) == matches(like(vector_of(PUG)), pictures) == []


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
    assert PUG in query.words[0] and np.array_equal(query.pictures, [vector_of(CRANE_MACHINE)])


def test_a_quoted_picture_is_looked_at_once_and_asked_for(tmp_path: Path) -> None:
    seen = []

    def look(path: Path) -> np.ndarray:
        seen.append(path)
        return vector_of(CRANE_MACHINE)

    query = asked('"a b.jpg" + pug - "c.png"', look)
    assert seen == [Path("a b.jpg"), Path("c.png")]
    assert np.array_equal(query.pictures, [vector_of(CRANE_MACHINE)]) and len(query.words) == 1


def test_words_that_are_taken_away_are_not_asked_for() -> None:
    query = asked("pug - crane")
    assert PUG in query.words[0] and len(query.words) == 1
    assert query.without >= {CRANE_BIRD, CRANE_MACHINE}


def test_a_phrase_asks_for_its_head() -> None:
    dog = asked("dog").words
    assert asked("red dog").words == asked("dog on a sofa").words == dog
    assert asked("wild dog").words != dog and asked("very red").words != dog
    assert asked("cat - big dog").without == dog[0]
