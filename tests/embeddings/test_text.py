"""How text becomes tokens."""

import pytest

from embeddings.text import Phrases, plural, runs, token


def test_words_are_lower_case_without_accents_or_possessives() -> None:
    assert runs("The Café's Dogs\u2019 bones") == [["the", "cafe", "dogs", "bones"]]


def test_a_run_ends_at_punctuation() -> None:
    assert runs("hot, dog. (tall) crane") == [["hot"], ["dog"], ["tall"], ["crane"]]


def test_initials_and_titles_do_not_end_a_run() -> None:
    assert runs("the U.S. navy near St. Bernard") == [["the", "us", "navy", "near", "st", "bernard"]]


def test_text_of_another_script_leaves_no_words() -> None:
    assert runs("слон и мышь") == []


@pytest.mark.parametrize("written", ["ice cream", "Ice_Cream", "ice-cream"])
def test_spelling_variants_have_one_token(written: str) -> None:
    assert token(written) == "ice_cream"


@pytest.mark.parametrize(
    "lemma", ["pug-dog", "A-list", "1_Kings", "-ing", "a--b", "Adam's_apple", "St._Bernard", "_x_"]
)
def test_a_token_is_what_the_corpus_has_of_a_lemma(lemma: str) -> None:
    assert token(lemma) == "_".join(word for run in runs(lemma) for word in run)


@pytest.mark.parametrize(("one", "many"), [("dog", "dogs"), ("fox", "foxes"), ("fly", "flies"), ("day", "days")])
def test_plurals_are_regular(one: str, many: str) -> None:
    assert plural(one) == many


def test_the_longest_phrase_is_joined() -> None:
    phrases = Phrases(["hot_dog", "hot_dog_stand", "dog"])
    [words] = runs("a hot dog stand and a hot dog")
    assert phrases.join(words) == ["a", "hot_dog_stand", "and", "a", "hot_dog"]


def test_a_phrase_in_the_plural_is_joined_to_its_singular() -> None:
    assert Phrases(["hot_dog"]).join(["two", "hot", "dogs"]) == ["two", "hot_dog"]


def test_the_start_of_a_phrase_alone_is_not_joined() -> None:
    assert Phrases(["hot_dog_stand"]).join(["hot", "dog"]) == ["hot", "dog"]
