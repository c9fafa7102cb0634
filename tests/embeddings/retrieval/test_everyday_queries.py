"""Queries as people write them, among a photo of a cat, one of a coffee and one of a person."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from picture_sets import picture_set

from embeddings.library.collection import PictureSet
from embeddings.retrieval.match import match
from embeddings.retrieval.query import parse, resolve
from embeddings.retrieval.senses import read_phrase
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import unit
from embeddings.words.table import load_noun_vectors
from zoo.errors import BadQuery

TABBY, ESPRESSO, PERSON, PUG, LIGHTHOUSE = "n02123045", "n07920052", "n00007846", "n02110958", "n02814860"
DOG, SEASHORE, HORSE, SWIMMING, TRAIN = PUG, "n09428293", "n02374451", "n00442115", "n04468005"
SHOE, MUG = "n04199027", "n03063599"


def vector_of(id: str) -> np.ndarray:
    return load_noun_vectors()[load_nouns().row(id)]


Search = Callable[[str], tuple[list[str], tuple[str, ...]]]


@pytest.fixture
def search(tmp_path: Path) -> Search:
    """Search the three photos; gives their names without ending, and what is said."""
    shown = {"cat": TABBY, "coffee": ESPRESSO, "IMG_7": PERSON}
    vectors = {name: vector_of(id) for name, id in shown.items()}
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


@pytest.mark.parametrize(
    "query", ["no cat", "not cat", "- cat", "without cats", "pictures without cats", "All photos - cat"]
)
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


def test_a_plural_finds_what_its_singular_finds_though_it_is_a_noun_of_its_own() -> None:
    assert SHOE in read_phrase("shoes").senses and read_phrase("men").senses[0] == read_phrase("man").senses[0]
    assert read_phrase("bus").senses == read_phrase("buses").senses


READ_AS = {
    "tea cup": "teacup",
    "wine glass": "wineglass",
    "football match": "football",
    "screenshot": "web site",
    "dog running": "dog",
    "a bird flying": "bird",
    "the stop sign": "street sign",
    "wooden chair": "chair",
    "man with a ring": "man",
    "cars in a parking lot": "car",
    "formula 1": "formula",
    "church inside": "church",
}


@pytest.mark.parametrize(("query", "noun"), READ_AS.items())
def test_a_phrase_is_read_as_the_noun_that_people_mean(query: str, noun: str) -> None:
    assert read_phrase(query).senses == read_phrase(noun).senses


@pytest.fixture
def search_outdoors(tmp_path: Path) -> Search:
    """Search photos of things alone and together; gives their names without ending, and what is said."""
    parts = {
        "dog": (DOG,), "shore": (SEASHORE,), "dog_shore": (DOG, SEASHORE), "horse": (HORSE,), "somebody": (PERSON,),
        "rider": (HORSE, PERSON), "swimmer": (SWIMMING,), "train": (TRAIN,), "mug": (MUG,),
    }  # fmt: skip
    classes = tuple(dict.fromkeys(id for ids in parts.values() for id in ids))
    vectors = {name: unit(np.sum([vector_of(id) for id in ids], axis=0)) for name, ids in parts.items()}
    pictures = picture_set(tmp_path, classes, **{name: (vector, 0) for name, vector in vectors.items()})

    def searched(text: str) -> tuple[list[str], tuple[str, ...]]:
        result = match(resolve(parse(text)), pictures, fold=False)
        return [Path(found.hit.label).stem for found in result.matches], result.notes

    return searched


def test_what_is_seen_with_a_thing_comes_first_and_is_never_shown_alone(search_outdoors: Search) -> None:
    for query in ("dog at the seashore", "seashore dog", "my dog on a seashore"):
        assert search_outdoors(query)[0] == ["dog_shore", "dog"], query
    assert search_outdoors("dog at the seashore")[1] == ("Those that show seashore as well come first.",)
    assert search_outdoors("dog on the beach")[0] == ["dog_shore", "dog"]
    assert search_outdoors("dog on a sofa")[1] == ('Looked for "dog"; left out: sofa.',)


def test_people_are_looked_for_by_what_is_with_them(search_outdoors: Search) -> None:
    found, notes = search_outdoors("a man riding a horse")
    assert found == ["rider", "horse"]
    assert notes[-1] == 'These show horse; first those that show "man" as well.'
    assert sorted(search_outdoors("a man on a sofa")[0]) == ["rider", "somebody"]


def test_what_is_unknown_is_found_by_what_is_with_it(search_outdoors: Search) -> None:
    found, notes = search_outdoors("giraffe beside the seashore")
    assert sorted(found) == ["dog_shore", "shore"]
    assert notes == ('No picture is known to show "giraffe"; these show what was to be with it.',)


def test_colours_that_are_joined_belong_to_one_thing(search: Search) -> None:
    assert search("a black and white cat")[0] == ["cat"]


@pytest.mark.parametrize(
    ("query", "shown", "by"),
    [
        ("swimmer", "swimmer", "swimming"),  # by what somebody does
        ("train station", "train", "train"),  # by a word of the phrase
        ("coffee cup", "mug", "coffee mug"),  # by what it looks like
        ("puppy", "dog", "dog"),  # by what has kinds that are known, and is none itself
    ],
)
def test_what_is_unknown_is_found_by_what_is_known_of_it(
    search_outdoors: Search, query: str, shown: str, by: str
) -> None:
    found, notes = search_outdoors(query)
    assert found[0] == shown
    assert notes == (f'No picture is known to show "{query}"; these show {by}.',)
