"""Which nouns may answer: candidates, too general ones, how common their words are."""

from collections.abc import Collection
from functools import cache

import numpy as np

from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import Words
from zoo.errors import BadQuery


def candidate_rows(candidates: Collection[str] | None) -> np.ndarray | slice:
    """The rows of candidate synset ids, in order; all rows for None."""
    if candidates is None:
        return slice(None)
    if not candidates:
        raise BadQuery("the list of candidate nouns is empty; give at least one synset id")
    return np.array(sorted({load_nouns().row(id) for id in candidates}))


GENERAL_DEPTH, GENERAL_NOUNS = 5, 2000  # "artifact" and "organism" answer nothing; "structure" and "food" do
FAMILIAR = 40000  # rank of a word beyond which a kind is none that people name: "placental", "self-propelled vehicle"


@cache
def general() -> np.ndarray:
    """Nouns too general to answer anything: next to the root, or near it and above thousands of others. (82115,)"""
    nouns = load_nouns()
    covered = np.bincount(nouns.closure[:, 1], minlength=len(nouns))
    return (nouns.depths <= 2) | ((nouns.depths <= GENERAL_DEPTH) & (covered > GENERAL_NOUNS))


@cache
def word_ranks(words: Words) -> np.ndarray:
    """The place of each noun's commonest word in the word table, from 1, times the rank of that sense. (82115,)"""
    size = len(words.nouns)
    ranks = np.full(size, len(words.words) + 1.0)
    for place, word in enumerate(words.words, start=1):
        for sense in words.nouns.tokens.get(word, ()):
            rank, row = divmod(sense, size)
            ranks[row] = min(ranks[row], place * rank)
    return ranks
