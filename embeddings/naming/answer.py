"""The noun that answers what a picture shows: specific where that is sure, else the commonest word that is likely.

As in "Hedging your bets" (Deng et al. 2012) an answer gives up detail for certainty; unlike there it never goes up to a
kind that says nothing, and of several kinds it takes the one that people name (Ordonez et al. 2013).
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from embeddings.naming.config import NamingConfig
from embeddings.naming.vocabulary import hypernyms, word_ranks
from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import load_words


@dataclass(frozen=True)
class Evidence:
    """What is known of every noun for one picture, and which nouns may be the answer."""

    probability: np.ndarray  # (82115,) 0 for a noun that may not be named at all
    mass: np.ndarray  # (82115,)
    telling: np.ndarray  # (82115,) bool
    classes: frozenset[int]  # rows of the nouns of which the network saw photos
    config: NamingConfig

    def at_least(self, probability: float) -> list[int]:
        """List the rows of the likeliest nouns that are so likely."""
        rows = np.flatnonzero(self.probability >= probability)
        best = np.argsort(-self.probability[rows], kind="stable")[: self.config.max_candidates]
        return rows[best].tolist()


def most_specific(rows: Collection[int], evidence: Evidence) -> int:
    """Choose the most specific of some likely nouns.

    From the likeliest it goes down to the likeliest below it, and stops at a class of which what is below has not the
    larger part: a house is a house, though some probability lies at mansions. Of relatives that hold about as much the
    deepest is taken: for WordNet a wheeled vehicle is a container, too.
    """
    probability, mass, config = evidence.probability, evidence.mass, evidence.config
    now = max(rows, key=probability.item)
    while below := [row for row in rows if row != now and now in hypernyms(row)]:
        likeliest = max(below, key=probability.item)
        if now in evidence.classes and mass[likeliest] < mass[now] / 2:
            break
        now = likeliest
    tied = [row for row in _relatives(now, rows) if mass[row] >= config.tie_ratio * mass[now]]
    return max(tied, key=load_nouns().depths.item)


def commonest(row: int, rows: Collection[int]) -> int:
    """Choose the commonest word among a noun and its relatives in rows."""
    return min(_relatives(row, rows), key=word_ranks(load_words()).item)


def telling_answer(evidence: Evidence, confidence: float) -> int | None:
    """Choose the answer: the most specific telling noun that is sure, else the commonest that is likely; None if none.

    A class is the answer as it is; a kind gives way to its commonest relative, so that a hunting dog is a dog.
    """
    for bar in (confidence, min(confidence, evidence.config.likely)):
        rows = evidence.at_least(bar)
        telling = [row for row in rows if evidence.telling[row]]
        if telling:
            specific = most_specific(rows, evidence)
            row = most_specific(_relatives(specific, telling) or telling, evidence)
            return row if row in evidence.classes and bar == confidence else commonest(row, telling)
    return None


def sure_kind(row: int | None, evidence: Evidence, confidence: float) -> int | None:
    """Choose the most specific sure noun above the answer, telling or not; of all where there is no answer."""
    if row is not None and evidence.probability[row] >= confidence:
        return None
    rows = evidence.at_least(confidence)
    if row is not None:
        rows = [each for each in rows if each in hypernyms(row)]
    return most_specific(rows, evidence) if rows else None


def other_things(row: int, evidence: Evidence) -> list[int]:
    """List the classes that are likely and of no kind of this noun or of one another, the likeliest first."""
    chances = evidence.probability
    likely = [each for each in evidence.classes if chances[each] >= evidence.config.min_other_probability]
    chosen, kinds = [], set(hypernyms(row))
    for other in sorted(likely, key=lambda each: -chances[each]):
        if kinds.isdisjoint(hypernyms(other)):
            chosen.append(other)
            kinds |= hypernyms(other)
    return chosen[: evidence.config.max_others]


def _relatives(row: int, rows: Collection[int]) -> list[int]:
    """Give those of some nouns that are the noun, above it or below it."""
    return [each for each in rows if row in hypernyms(each) or each in hypernyms(row)]
