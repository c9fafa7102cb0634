"""How a typed word was found in a table of words, and what all tables do alike: means of phrases, near spellings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from embeddings.words.linalg import unit


@dataclass(frozen=True)
class Found:
    """A unit vector for what was typed, the words that stand for it, and how each was found."""

    text: str
    how: str
    vector: np.ndarray  # (D,)
    words: tuple[str, ...] = ()  # of the table
    missing: tuple[str, ...] = ()  # words of a phrase that are not in it


def phrase_mean(pieces: Sequence[str], known: Mapping[str, str], vector_of: Callable[[str], np.ndarray]) -> Found:
    """Average the pieces of a phrase that a table knows, each by the word that it stands for there."""
    names = tuple(known.values())
    missing = tuple(piece for piece in pieces if piece not in known)
    how = f"mean of {_plain(', '.join(names))}" + (f" (unknown: {', '.join(missing)})" if missing else "")
    return Found(
        _plain(" ".join(pieces)), how, unit(np.sum([vector_of(name) for name in names], axis=0)), names, missing
    )


def near_spellings(word: str, words: Sequence[str], k: int = 3) -> list[str]:
    """List the words of a table that are spelt most like a word, the more frequent first among equals."""
    near = process.extract(word, words, scorer=OSA.distance, score_cutoff=max(1, len(word) // 4), limit=20)
    return [_plain(found) for found, _, _ in sorted(near, key=lambda match: match[1:])][:k]


def _plain(text: str) -> str:
    return text.replace("_", " ")
