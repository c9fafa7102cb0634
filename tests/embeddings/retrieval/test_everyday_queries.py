"""Queries as people write them, among a photo of a cat, one of a coffee and one of a person."""

from collections.abc import Callable
from pathlib import Path

import pytest
from picture_sets import picture_set

from embeddings.library.collection import PictureSet
from embeddings.retrieval.match import match
from embeddings.retrieval.query import parse, resolve
from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import load_noun_vectors
from zoo.errors import BadQuery

TABBY, ESPRESSO, PERSON, PUG, LIGHTHOUSE = "n02123045", "n07920052", "n00007846", "n02110958", "n02814860"

Search = Callable[[str], tuple[list[str], tuple[str, ...]]]


@pytest.fixture
def search(tmp_path: Path) -> Search:
    """Search the three photos; gives their names without ending, and what is said."""
    shown = {"cat": TABBY, "coffee": ESPRESSO, "IMG_7": PERSON}
    vectors = {name: load_noun_vectors()[load_nouns().row(id)] for name, id in shown.items()}
    seen = {name: (vector, 0x1111 * number**9) for number, (name, vector) in enumerate(vectors.items())}
    pictures: PictureSet = picture_set(tmp_path, (TABBY, ESPRESSO, PERSON, PUG, LIGHTHOUSE), **seen)

    def searched(text: str) -> tuple[list[str], tuple[str, ...]]:
        result = match(resolve(parse(text)), pictures, fold=False)
        return [Path(found.hit.label).stem for found in result.matches], result.notes

    return searched


@pytest.mark.parametrize(
    "query",
    [
        *("cat", "Cat", "CAT", "Cats", "a photo of a cat", "picture of a cat", "Show me cats", "cat pictures", '"cat"'),
        *("two cats", "the black cat", "animal", "cat without coffee", "cat.jpg", "cat not dog", "a cat on the sofa"),
    ],
)
def test_the_cat_is_found_however_it_is_asked_for(search: Search, query: str) -> None:
    assert search(query)[0] == ["cat"]


@pytest.mark.parametrize("query", ["Man", "man", "people", "People", "person", "child", "women", "a photo of a baby"])
def test_a_person_is_found_as_people_call_one(search: Search, query: str) -> None:
    assert search(query)[0] == ["IMG_7"]


@pytest.mark.parametrize(
    "query", ["cat or coffee", "cat and coffee", "cat OR coffee", "cat, coffee", "cat & coffee", "coffee; cats"]
)
def test_both_are_found_where_both_are_asked_for(search: Search, query: str) -> None:
    assert sorted(search(query)[0]) == ["cat", "coffee"]


@pytest.mark.parametrize("query", ["cup of coffee", "coffee", "Coffee", "a cup of hot coffee", "espresso"])
def test_what_is_in_a_cup_is_looked_for(search: Search, query: str) -> None:
    assert search(query)[0] == ["coffee"]


@pytest.mark.parametrize(
    "query",
    [
        *("animal not cat", "animal, not cat", "animal without cat", "animals except cats", "animal - cat"),
        *("animal -cat", "animal \u2212 cat", "animal \u2013 cat", "animal \u2014 cats"),
    ],
)
def test_what_is_taken_away_is_not_found(search: Search, query: str) -> None:
    assert search(query)[0] == []


@pytest.mark.parametrize("query", ["no cat", "not cat", "- cat", "without cats"])
def test_all_but_one_thing_can_be_asked_for(search: Search, query: str) -> None:
    assert sorted(search(query)[0]) == ["IMG_7", "coffee"]


def test_a_name_finds_its_file(search: Search) -> None:
    assert search("IMG_7")[0] == search("img_7.jpg")[0] == ["IMG_7"]


def test_numbers_and_colours_are_said_to_be_left_out(search: Search) -> None:
    assert search("two black cats")[1] == ("Numbers and colours are not told apart; left out: two, black.",)


@pytest.mark.parametrize("query", ["Katzenklo", "\u732b", "\U0001f431", "\u043a\u043e\u0448\u043a\u0430"])
def test_other_languages_and_emoji_get_a_sentence(search: Search, query: str) -> None:
    with pytest.raises(BadQuery, match="only English words are read"):
        search(query)
