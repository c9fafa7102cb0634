"""Typed words become vectors, and it is always said how."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from embeddings.wordnet.graph import load_nouns
from embeddings.words.found import Found
from embeddings.words.query_syntax import Term, parse
from embeddings.words.sums import sum_terms
from embeddings.words.table import load_noun_vectors, load_words
from zoo.errors import BadQuery, UnknownWord


def vector_of(query: str) -> Found:
    return sum_terms(query, load_words().look_up)


def test_every_noun_has_a_unit_vector() -> None:
    lengths = np.linalg.norm(load_noun_vectors(), axis=1)
    assert load_noun_vectors().shape == (82_115, load_words().dimension)
    assert np.abs(lengths - 1).max() < 1e-4


def test_an_exact_word_is_said_to_be_one() -> None:
    found = vector_of("volcano")
    assert (found.text, found.how) == ("volcano", "exact word")
    assert np.linalg.norm(found.vector) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("written", ["ice cream", "Ice-Cream", "ICE_CREAM", '"ice cream"'])
def test_spelling_variants_find_the_same_word(written: str) -> None:
    found = vector_of(written)
    assert found.words == ("ice_cream",)
    assert "variant" in found.how


def test_a_plural_without_a_vector_finds_its_singular() -> None:
    words = load_words()
    plurals = (f"{word}s" for word in words.words if word.isalpha() and f"{word}s" not in words)
    plural = next(p for p in plurals if words.nouns.synsets(p) and not p.endswith("ss"))
    assert vector_of(plural).how == "singular"


def test_a_word_written_as_two_is_found_as_one() -> None:
    found = vector_of("Volca no")
    assert (found.words, found.how) == (("volcano",), "written as one word")


def test_a_phrase_is_the_mean_of_its_words_without_function_words() -> None:
    found = vector_of("a volcano by the lighthouse")
    assert found.words == ("volcano", "lighthouse")
    assert found.vector == pytest.approx(vector_of("lighthouse volcano").vector, abs=1e-6)


def test_unknown_words_of_a_phrase_are_named() -> None:
    assert "unknown: zzxxqq" in vector_of("green zzxxqq").how


def test_a_misspelt_word_is_refused_with_suggestions() -> None:
    with pytest.raises(UnknownWord, match='no word "ottter"; did you mean otter') as refused:
        vector_of("ottter")
    assert refused.value.suggestions[0] == "otter"


def test_gibberish_is_refused_without_suggestions() -> None:
    with pytest.raises(UnknownWord, match="try a more common word"):
        vector_of("qxzvkjwpfq")


def test_sums_and_differences_are_what_they_say() -> None:
    words = load_words()
    found = vector_of("king - man + woman")
    by_hand = words["king"] - words["man"] + words["woman"]
    assert found.text == "king - man + woman"
    assert found.vector == pytest.approx(by_hand / np.linalg.norm(by_hand), abs=1e-5)


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("t-shirt", [Term(1, "t-shirt")]),
        ("red dog", [Term(1, "red dog")]),
        ("king -man+ woman", [Term(1, "king"), Term(-1, "man"), Term(1, "woman")]),
        ('"golden retriever" snow', [Term(1, "golden retriever"), Term(1, "snow")]),
        ('- "hot dog" + mustard', [Term(-1, "hot dog"), Term(1, "mustard")]),
        ("+ + dog", [Term(1, "dog")]),
        ("animal \u2212 cat", [Term(1, "animal"), Term(-1, "cat")]),
        ("animal \u2013 cat", [Term(1, "animal"), Term(-1, "cat")]),
        ("animal, not cat", [Term(1, "animal"), Term(-1, "cat")]),
        ("animals without cats and dogs", [Term(1, "animals"), Term(-1, "cats"), Term(-1, "dogs")]),
        ("everything except cats, but dogs", [Term(1, "everything"), Term(-1, "cats"), Term(1, "dogs")]),
        ("no cat", [Term(-1, "cat")]),
        ("cat or coffee", [Term(1, "cat"), Term(1, "coffee")]),
        ("cat, coffee & cake", [Term(1, "cat"), Term(1, "coffee"), Term(1, "cake")]),
        ("salt and pepper", [Term(1, "salt"), Term(1, "pepper")]),
        ("rock and roll", [Term(1, "rock and roll")]),
        ("a photo of a cat", [Term(1, "a cat")]),
        ("Show me pictures of cats", [Term(1, "cats")]),
        ("dog photos", [Term(1, "dog")]),
        ("photo", [Term(1, "photo")]),
        ("1,000 flowers", [Term(1, "1,000 flowers")]),
        ('"a photo of a cat"', [Term(1, "a photo of a cat")]),
    ],
)
def test_a_query_is_read_as_signed_terms(query: str, terms: list[Term]) -> None:
    assert list(parse(query).terms) == terms


@pytest.mark.parametrize("query", ["", "   ", '""', "+ -", "!?", "\u732b"])
def test_a_query_without_words_is_refused(query: str) -> None:
    with pytest.raises(BadQuery, match="type a word"):
        vector_of(query)


def test_a_query_of_ten_thousand_characters_is_refused_in_one_short_sentence() -> None:
    with pytest.raises(BadQuery, match="10,000 characters is too long") as refused:
        vector_of("dog " * 2500)
    assert len(str(refused.value)) < 100


def test_a_query_that_cancels_itself_is_refused() -> None:
    with pytest.raises(BadQuery, match="takes away all"):
        vector_of("king - king")


def test_the_nearest_words_leave_out_the_query() -> None:
    words = load_words()
    found = vector_of("guitar")
    near = words.nearest(found.vector, 5, without=found.words)
    assert len(near) == 5
    assert "guitar" not in dict(near)
    assert [score for _, score in near] == sorted((score for _, score in near), reverse=True)


def test_a_noun_missing_from_the_table_is_found_through_wordnet() -> None:
    words, nouns = load_words(), load_nouns()
    name = next(name for name in nouns.tokens if name not in words and name.count("_") == 1)
    assert vector_of(name).how.startswith("WordNet noun")


def test_numpy_takes_one_thread_once_the_nouns_are_loaded() -> None:
    load_noun_vectors()
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas" and "numpy" in pool["filepath"]]
    if not pools:
        pytest.skip("numpy uses the system's algebra, which has no pool of threads")
    assert {pool["num_threads"] for pool in pools} == {1}
