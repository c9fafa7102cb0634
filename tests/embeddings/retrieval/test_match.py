"""What a search shows: what matches, near-copies once, and nothing where nothing matches."""

from pathlib import Path

import numpy as np
import pytest
from picture_sets import picture_set

from embeddings.library.collection import PictureSet
from embeddings.results import Match
from embeddings.retrieval.class_mixture import ClassMixture
from embeddings.retrieval.match import TOP, copies_suffix, match
from embeddings.retrieval.query import ResolvedQuery, parse, query_by_image, resolve
from embeddings.retrieval.scoring import MIN_COSINE, NO_MATCH, score
from embeddings.retrieval.targets import find_targets
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import load_noun_vectors
from zoo.errors import BadQuery, UnknownWord

PUG, LION, CRANE_BIRD, CRANE_MACHINE = "n02110958", "n02129165", "n02012849", "n03126707"
ONE, OTHER = 0x0123456789ABCDEF, 0xFEDCBA9876543210


def classes() -> tuple[str, ...]:
    """The nouns of the test, and others of all kinds."""
    return (PUG, LION, CRANE_BIRD, CRANE_MACHINE, *load_nouns().ids[5000:80000:250])


def vector_of(id: str) -> np.ndarray:
    return load_noun_vectors()[load_nouns().row(id)]


def pictures_of(folder: Path, **seen: tuple[np.ndarray, int]) -> PictureSet:
    """Pictures that are really there, with a vector and a fingerprint each."""
    return picture_set(folder, classes(), **seen)


def asked(text: str) -> ResolvedQuery:
    return resolve(parse(text))


def found(query: ResolvedQuery, pictures: PictureSet, *, k: int = TOP, fold: bool = True) -> list[Match]:
    return list(match(query, pictures, k=k, fold=fold).matches)


def scores(query: ResolvedQuery, vectors: np.ndarray, mixture: ClassMixture) -> list[float]:
    return score(find_targets(query, mixture), vectors).tolist()


def near(vector: np.ndarray, cosine: float, seed: int = 0) -> np.ndarray:
    """A unit vector at this cosine."""
    other = np.random.default_rng(seed).normal(size=len(vector)).astype(np.float32)
    other = unit(other - (other @ vector) * vector)
    return cosine * vector + np.sqrt(1 - cosine**2) * other


def test_a_picture_of_what_is_asked_for_matches_and_another_does_not(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, pug=(near(vector_of(PUG), 0.8), ONE), crane=(vector_of(CRANE_MACHINE), OTHER))
    (pug,) = found(asked("pug"), pictures)
    assert pug.hit.id == str(tmp_path / "pug.jpg") and 0.6 < pug.hit.score < 0.8
    assert [each.hit.label for each in found(asked("dog"), pictures)] == ["pug.jpg"]


def test_a_picture_of_a_kind_of_what_is_asked_for_matches_however_far_it_lies(tmp_path: Path) -> None:
    organism = asked("organism")
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), crane=(vector_of(CRANE_MACHINE), OTHER))
    assert vector_of(PUG) @ organism.vector < 0.3
    assert [each.hit.label for each in found(organism, pictures)] == ["pug.jpg"]
    assert found(asked("organism - dog"), pictures) == []


def test_a_picture_that_shows_more_of_what_is_taken_away_does_not_match(tmp_path: Path) -> None:
    pug, lion = vector_of(PUG), vector_of(LION)
    seen = {"pug": (pug, ONE), "both": (unit(pug + 2 * lion), OTHER), "little": (unit(3 * pug + lion), 0)}
    pictures = pictures_of(tmp_path, **seen)
    assert [each.hit.label for each in found(asked("organism - lion"), pictures)] == ["pug.jpg", "little.jpg"]


def test_a_clear_picture_of_another_kind_does_not_match_however_near_it_lies(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, lion=(vector_of(LION), ONE))
    assert vector_of(LION) @ asked("dog").vector > 0.4
    assert found(asked("dog"), pictures) == []
    assert len(found(asked("cat"), pictures)) == 1


def test_a_part_of_a_picture_matches_and_one_that_holds_more_comes_first(tmp_path: Path) -> None:
    both = unit(0.7 * vector_of(LION) + 0.3 * vector_of(CRANE_MACHINE))
    hint = unit(0.97 * vector_of(LION) + 0.03 * vector_of(CRANE_MACHINE))
    pictures = pictures_of(tmp_path, both=(both, ONE), hint=(hint, OTHER), crane=(vector_of(CRANE_MACHINE), 0))
    assert [each.hit.label for each in found(asked("crane"), pictures)] == ["crane.jpg", "both.jpg"]
    assert [each.hit.label for each in found(asked("cat"), pictures)] == ["hint.jpg", "both.jpg"]


def test_a_picture_that_shows_both_comes_before_those_that_show_one(tmp_path: Path) -> None:
    both = unit(vector_of(LION) + vector_of(PUG))
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), lion=(vector_of(LION), 0), both=(both, OTHER))
    for query in (asked("pug + lion"), asked("lion").with_picture(vector_of(PUG))):
        first, *rest = [each.hit.label for each in found(query, pictures)]
        assert first == "both.jpg" and sorted(rest) == ["lion.jpg", "pug.jpg"]


def test_what_is_far_from_its_word_is_found_behind_others_that_are_nearer(tmp_path: Path) -> None:
    lion, cat = near(vector_of(LION), 0.9), asked("cat")
    assert vector_of(PUG) @ cat.vector > lion @ cat.vector
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), lion=(lion, OTHER))
    assert [each.hit.label for each in found(cat, pictures, k=1)] == ["lion.jpg"]


def test_of_what_has_a_class_and_what_has_none_the_first_decides_and_both_rank(tmp_path: Path) -> None:
    plain, nearer = vector_of(PUG), unit(vector_of(PUG) + 0.5 * asked("democracy").vector)
    crane = unit(vector_of(CRANE_MACHINE) + asked("democracy").vector)
    pictures = pictures_of(tmp_path, plain=(plain, ONE), nearer=(nearer, 0), crane=(crane, OTHER))
    for query in (asked("pug + democracy"), asked("democracy").with_picture(vector_of(PUG))):
        assert [each.hit.label for each in found(query, pictures)] == ["nearer.jpg", "plain.jpg"]


def test_pictures_like_a_picture_hold_something_of_what_it_shows(tmp_path: Path) -> None:
    given = unit(vector_of(PUG) + vector_of(CRANE_BIRD))
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), lion=(vector_of(LION), OTHER), same=(given, 0))
    assert [each.hit.label for each in found(query_by_image(given), pictures)] == ["same.jpg", "pug.jpg"]


def test_what_no_picture_shows_matches_nothing(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, pug=(vector_of(PUG), ONE), crane=(vector_of(CRANE_MACHINE), OTHER))
    assert found(asked("democracy"), pictures) == found(asked("lighthouse"), pictures) == []


def test_what_the_network_has_no_class_of_matches_what_is_nearly_as_like_it_as_like_its_own_class() -> None:
    known, query = ClassMixture((PUG, LION)), asked("poodle")
    between = unit(query.vector + vector_of(PUG))
    clear, unclear = scores(query, np.stack([vector_of(LION), between]), known)
    assert vector_of(LION) @ query.vector > MIN_COSINE and clear == NO_MATCH
    assert unclear == pytest.approx(between @ query.vector, abs=1e-5)


def test_a_model_whose_classes_are_not_known_goes_by_cosines() -> None:
    known, query = ClassMixture(("n00000000",)), asked("dog")
    vectors = np.stack([near(query.vector, 0.45), near(query.vector, 0.35)])
    for each in (query, query_by_image(query.vector)):
        assert scores(each, vectors, known) == [pytest.approx(0.45, abs=1e-5), NO_MATCH]


def test_nothing_is_found_among_no_pictures(tmp_path: Path) -> None:
    pictures = PictureSet.in_memory(tmp_path, "m", classes())
    assert found(asked("pug + democracy"), pictures) == found(query_by_image(vector_of(PUG)), pictures) == []


def test_near_copies_are_shown_once_as_the_best_of_them(tmp_path: Path) -> None:
    pug = vector_of(PUG)
    pictures = pictures_of(
        tmp_path, small=(near(pug, 0.8), ONE ^ 0b111), best=(pug, ONE), cut=(near(pug, 0.7), ONE ^ 0x3FF),
        other=(near(pug, 0.9), OTHER),
    )  # fmt: skip
    folded = found(asked("pug"), pictures)
    assert [each.hit.label for each in folded] == ["best.jpg", "other.jpg"]
    assert [copy.label for copy in folded[0].copies] == ["small.jpg", "cut.jpg"]
    assert [copies_suffix(match) for match in folded] == [" (and 2 more like it)", ""]
    apart = found(asked("pug"), pictures, fold=False)
    assert [each.hit.label for each in apart] == ["best.jpg", "other.jpg", "small.jpg", "cut.jpg"]


def test_pictures_of_one_kind_are_no_copies_and_neither_are_those_of_one_pattern(tmp_path: Path) -> None:
    pug = vector_of(PUG)
    alike = pictures_of(tmp_path, a=(pug, ONE), b=(pug, ONE ^ 0xFFFF))
    assert len(found(asked("pug"), alike)) == 2
    patterned = pictures_of(tmp_path, a=(near(pug, 0.75, 1), ONE), b=(near(pug, 0.75, 2), ONE))
    assert len(found(asked("pug"), patterned)) == 2


def test_a_search_gives_no_more_than_it_is_asked_for(tmp_path: Path) -> None:
    seen = {f"p{number}": (near(vector_of(PUG), 0.9, number), 0) for number in range(9)}
    pictures = pictures_of(tmp_path, **seen)
    assert len(found(asked("pug"), pictures, k=2, fold=False)) == 2
    with pytest.raises(BadQuery, match="0 answers"):
        found(asked("pug"), pictures, k=0)


def test_a_picture_that_is_gone_is_not_shown(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, a=(vector_of(PUG), ONE), b=(vector_of(PUG), OTHER))
    (tmp_path / "a.jpg").unlink()
    result = match(asked("pug"), pictures)
    assert [each.hit.label for each in result.matches] == ["b.jpg"]
    assert result.notes == ("Left out, for they are gone since they were indexed: 1; index them again.",)


def test_a_folder_that_vanishes_while_it_is_searched_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    pictures = pictures_of(folder, a=(vector_of(PUG), ONE))
    assert len(found(asked("pug"), pictures)) == 1
    folder.rename(tmp_path / "moved")
    with pytest.raises(BadQuery, match=r"no folder or zip .*photos"):
        found(asked("pug"), pictures)


def test_a_word_and_a_picture_count_alike() -> None:
    query = asked("pug").with_picture(vector_of(CRANE_MACHINE))
    assert np.linalg.norm(query.vector) == pytest.approx(1)
    assert query.vector @ asked("pug").vector == pytest.approx(query.vector @ vector_of(CRANE_MACHINE), abs=1e-5)
    assert PUG in query.things[0].senses and np.array_equal(query.pictures, [vector_of(CRANE_MACHINE)])


def test_a_quoted_picture_is_looked_at_once_and_asked_for() -> None:
    seen = []

    def encode(path: Path) -> np.ndarray:
        seen.append(path)
        return vector_of(CRANE_MACHINE)

    query = resolve(parse('"a b.jpg" + pug - "c.png"'), encode=encode)
    assert seen == [Path("a b.jpg"), Path("c.png")]
    assert np.array_equal(query.pictures, [vector_of(CRANE_MACHINE)]) and len(query.things) == 1


def test_words_that_are_taken_away_are_not_asked_for() -> None:
    query = asked("pug - crane")
    assert [thing.text for thing in query.things] == ["pug"]
    assert {CRANE_BIRD, CRANE_MACHINE} <= set(query.without[0].senses)


def test_a_phrase_asks_for_its_head_and_says_what_it_leaves_out() -> None:
    dog = asked("dog").things[0].senses
    for phrase, left_out in (("red dog", "red"), ("two dogs", "two"), ("big dog", "big"), ("my mum's dog", "mum's")):
        query = asked(phrase)
        assert query.things[0].senses == dog, phrase
        assert any(left_out in note for note in query.notes), phrase
    assert asked("wild dog").things[0].senses != dog and asked("very red").things[0].senses != dog
    assert asked("cat - big dog").without[0].senses == dog
    assert asked("a dog").notes == asked("hot dog").notes == asked("dog on a sofa").notes == ()


def test_a_word_that_no_picture_is_known_by_is_widened_and_that_is_said(tmp_path: Path) -> None:
    seashore, beach, person = "n09428293", "n09217230", "n00007846"
    pictures = picture_set(
        tmp_path,
        (seashore, beach, person, PUG),
        shore=(vector_of(seashore), ONE),
        somebody=(vector_of(person), OTHER),
        dog=(vector_of(PUG), 0),
    )
    result = match(asked("beach"), pictures)
    assert [each.hit.label for each in result.matches] == ["shore.jpg"]
    assert result.notes == ('No picture is known to show "beach"; these show seashore.',)
    for word in ("child", "Man", "woman", "baby"):
        result = match(asked(word), pictures)
        assert [each.hit.label for each in result.matches] == ["somebody.jpg"], word
        assert result.notes == (f'No picture is known to show "{word}"; these show person.',)
    assert match(asked("people"), pictures).notes == ()


def test_a_menu_is_no_food_and_a_cup_no_punch(tmp_path: Path) -> None:
    menu, pizza, punch = "n07565083", "n07873807", "n07930864"
    pictures = picture_set(
        tmp_path,
        (menu, pizza, punch, PUG),
        paper=(vector_of(menu), ONE),
        meal=(vector_of(pizza), OTHER),
        drink=(vector_of(punch), 0),
    )
    assert [each.hit.label for each in found(asked("dish"), pictures)] == ["meal.jpg"]
    assert "paper.jpg" not in [each.hit.label for each in found(asked("food"), pictures)]
    assert [each.hit.label for each in found(asked("menu"), pictures)] == ["paper.jpg"]
    assert found(asked("cup"), pictures) == []


def test_names_of_files_match_where_they_are_asked_for_or_nothing_is_shown(tmp_path: Path) -> None:
    pictures = pictures_of(tmp_path, IMG_1234=(vector_of(PUG), ONE), holiday=(vector_of(LION), OTHER))
    assert [each.hit.label for each in found(asked("IMG_1234"), pictures)] == ["IMG_1234.jpg"]
    assert [each.hit.label for each in found(asked("img_12"), pictures)] == ["IMG_1234.jpg"]
    assert [each.hit.label for each in found(asked("holiday.jpg"), pictures)] == ["holiday.jpg"]
    result = match(asked("holiday"), pictures)
    assert [each.hit.label for each in result.matches] == ["holiday.jpg"] and "names hold" in result.notes[0]
    assert found(asked("holid"), pictures)[0].hit.label == "holiday.jpg" and found(asked("day"), pictures) == []
    with pytest.raises(BadQuery, match="no picture is called"):
        found(asked("absent.jpg"), pictures)
    with pytest.raises(UnknownWord, match="only English words are read"):
        found(asked("Hundehaus"), pictures)
