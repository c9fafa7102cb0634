"""Finding is scored by everyday words, on vectors whose nouns are known."""

import numpy as np
import pytest

from embeddings.evaluation.finding import EVERYDAY_WORDS, found_by_words
from embeddings.retrieval.class_mixture import ClassMixture
from embeddings.retrieval.senses import read_phrase
from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import load_noun_vectors

PUG, TABBY, BEACON = "n02110958", "n02123045", "n02814860"


def vectors_of(*ids: str) -> np.ndarray:
    return load_noun_vectors()[[load_nouns().row(id) for id in ids]]


def labels_of(*ids: str) -> list[tuple[int, ...]]:
    return [(load_nouns().row(id),) for id in ids]


def test_a_word_is_precise_where_what_it_finds_shows_it() -> None:
    seen = vectors_of(PUG, PUG, PUG, TABBY, TABBY, TABBY)
    shown = labels_of(PUG, PUG, PUG, PUG, TABBY, TABBY)  # the fourth is a dog that looks like a cat
    found = found_by_words(seen, shown, ClassMixture((PUG, TABBY)), ["dog", "cat", "lighthouse"])
    assert found["words that photos show"] == 1  # two cats are too few
    assert found["precision by word"] == {"dog": 1.0}
    assert found["share found of what 12 places could hold"] == 0.75
    assert found["nothing shown for"] == []


def test_a_word_that_finds_nothing_though_photos_show_it_is_told() -> None:
    found = found_by_words(vectors_of(*[TABBY] * 3), labels_of(*[BEACON] * 3), ClassMixture((BEACON, TABBY)), ["tower"])
    assert found["nothing shown for"] == ["tower"]
    assert found["precision@12"] == 0.0


def test_every_everyday_word_is_a_noun_once() -> None:
    assert len(set(EVERYDAY_WORDS)) == len(EVERYDAY_WORDS) >= 100
    assert all(read_phrase(word.replace("_", " ")).senses for word in EVERYDAY_WORDS)


@pytest.mark.parametrize("words", [[], ["dog"]])
def test_words_that_no_photo_shows_count_nothing(words: list[str]) -> None:
    found = found_by_words(vectors_of(TABBY), labels_of(TABBY), ClassMixture((TABBY,)), words)
    assert (found["words that photos show"], found["precision@12"]) == (0, 0.0)
