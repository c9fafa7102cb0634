"""The words that many pictures are named by come first."""

import numpy as np

from embeddings.retrieval.frequent_words import frequent_words
from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import load_noun_vectors

PUG, LION = "n02110958", "n02129165"
CLASSES = (PUG, LION, *load_nouns().ids[5000:80000:250])


def test_the_most_frequent_word_comes_first() -> None:
    pug, lion = (load_noun_vectors()[load_nouns().row(id)] for id in (PUG, LION))
    assert frequent_words(np.stack([pug, lion, lion]), CLASSES) == ["lion", "pug"]


def test_of_no_pictures_there_are_no_words() -> None:
    assert frequent_words(np.zeros((0, load_noun_vectors().shape[1]), np.float32), CLASSES) == []
