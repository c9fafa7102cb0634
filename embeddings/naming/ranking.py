"""What a picture shows: nouns ranked, and an answer as specific as is sure, from shares of a network's classes.

A noun of which the network saw photos is as good as its share. Any other noun is as good as the classes that lie near
it among words, or below it in WordNet, have shares: a mixture of von Mises-Fisher kernels around the classes (ConSE,
Norouzi et al. 2014, has their one mean instead, which lies far from each of them) and of steps up the graph, times how
common its word is (people name things by the commonest word that fits: Ordonez et al. 2013, "entry-level categories").
The constants of the ranking were chosen on photos of 100 classes whose shares were taken away and on classes to be
named by the commonest noun above them, none of which the tables of `python -m embeddings score zeroshot` count.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from embeddings.naming.answer import UNKNOWN
from embeddings.naming.calibration import CERTAINTY, PER_STEP, TRUST, log_odds
from embeddings.naming.vocabulary import FAMILIAR, candidate_rows, general, word_ranks
from embeddings.results import Answer, Hit
from embeddings.wordnet.graph import Nouns, load_nouns
from embeddings.words.linalg import best_of
from embeddings.words.table import load_noun_vectors, load_words
from zoo.errors import BadQuery

TOP = 10  # the likeliest classes, which alone count for other nouns
NEAREST = 200  # nouns beside a class that are looked at in a ranking of all
COMMON_RANK = 3000  # of a word that counts 1
BURIED = 1e-6  # what "entity" or "artifact" count, which are true of nearly everything
PERSON = "n00007846"

SURENESS = 0.7  # an answer that is right at least this often; a wider word that is right beats a narrow guess
LOOKED = 500  # likeliest nouns of which one is the answer
AS_MUCH = 0.8  # of a share is about as much
OTHERS, LIKELY = 4, 0.5  # other things in the picture that are told, and how likely they must be


@dataclass(frozen=True)
class Recipe:
    """What goes into a noun's score; a zero leaves a part out."""

    near: float = 0.15  # weight of the kernel around a class
    sharpness: float = 10.0  # its concentration
    kin: float = 0.06  # weight of a class's parent
    step: float = 0.6  # and what is left of it with each further step up
    common: float = 0.3  # a noun counts (COMMON_RANK / rank of its word) to this power
    power: float = 1.25  # of a class's own share: lets others pass when none is clear, as calibrated stacking does


class Namer:
    """Names pictures among all nouns, by how much they show of each class of a network."""

    def __init__(self, classes: tuple[str, ...], recipe: Recipe = Recipe()) -> None:
        self.recipe = recipe
        self.nouns, self.vectors = load_nouns(), load_noun_vectors()
        self.rows = np.array([self.nouns.row(id) for id in classes])  # (C,)
        self._number, self._above, self._steps = _steps_up(self.nouns, self.rows)
        self._classes = frozenset(self.rows.tolist())
        self._near: dict[int, np.ndarray] = {}  # only remembered: rows of the nouns nearest to a class

    def scores(self, shares: np.ndarray, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """How good a name each noun is, 0 to about 1, for all nouns or some rows. (n,)"""
        recipe, top = self.recipe, best_of(shares, TOP)
        weights = np.zeros(len(shares), np.float32)
        weights[top] = shares[top]
        kernels = np.exp(recipe.sharpness * (self.vectors[rows] @ self.vectors[self.rows[top]].T - 1))  # (n, TOP)
        kin = self._up(weights[self._number] * recipe.step ** (self._steps - 1))[rows]
        own = np.full(len(self.nouns), np.nan)
        own[self.rows] = shares**recipe.power
        others = (recipe.near * (kernels @ weights[top]) + recipe.kin * kin) * self.commonness[rows]
        return np.where(np.isnan(own[rows]), others, own[rows])

    def rank(self, shares: np.ndarray, *, k: int = 10, candidates: Collection[str] | None = None) -> list[Hit]:
        """The k best nouns, of all or of the candidate synset ids."""
        if k < 1:
            raise BadQuery(f"asked for {k} answers; at least 1 is needed")
        rows = self.reach(shares) if candidates is None else candidate_rows(candidates)
        scores = self.scores(shares, rows)
        best = best_of(scores, k)
        ids = [self.nouns.ids[row] for row in rows[best]]
        return [Hit(id, self.nouns.label(id), float(scores[row])) for id, row in zip(ids, best, strict=True)]

    def answer(
        self,
        shares: np.ndarray,
        *,
        sureness: float = SURENESS,
        candidates: Collection[str] | None = None,
        without: Collection[str] = (),
    ) -> Answer:
        """The most specific noun that is sure enough, else an unknown; where all may be named, also what else is there.

        An answer is one of the candidates or above some of them, and none of those that it is to do without.
        """
        if not 0 < sureness <= 1:
            raise BadQuery(f"a sureness of {sureness}; it lies above 0 and goes up to 1")
        if candidates is None:
            below = self.below(shares)
            chances = np.where(self.useful, self._chances(below), 0)
        else:
            below = self._below_among(shares, candidates)
            chances = np.where(general(), 0, below)
        chances[[self.nouns.row(id) for id in without]] = 0
        likeliest = best_of(chances, LOOKED)
        sure = likeliest[chances[likeliest] >= sureness].tolist()
        if not sure:
            return Answer(False, None, UNKNOWN, float(chances.max()))
        row = self._descended(sure, chances, below)
        others = self._of_other_kinds(row, chances) if candidates is None else []
        return self._answer(row, chances, tuple(self._answer(other, chances) for other in others[:OTHERS]))

    def _descended(self, rows: list[int], chances: np.ndarray, below: np.ndarray) -> int:
        """Down from the likeliest of some nouns to the likeliest below it, until what is below has not the larger part.

        A house is a house, though some share of it lies at mansions. Of nouns that hold about as much the deepest is
        taken: for WordNet a wheeled vehicle is a container, too.
        """
        kinds = {row: self._kinds(row) for row in rows}
        now, left = max(rows, key=chances.item), rows
        while left := [row for row in left if row != now and now in kinds[row]]:
            likeliest = max(left, key=chances.item)
            if now in self._classes and below[likeliest] < below[now] / 2:
                break
            now = likeliest
        return max((row for row in rows if below[row] >= AS_MUCH * below[now]), key=self.nouns.depths.item)

    def _of_other_kinds(self, row: int, chances: np.ndarray) -> list[int]:
        """The classes that are likely and of no kind of this noun or of one another, the likeliest first."""
        likely = [each for each in self._classes if chances[each] >= LIKELY]
        chosen, kinds = [], self._kinds(row)
        for other in sorted(likely, key=lambda each: -chances[each]):
            if not kinds & self._kinds(other):
                chosen.append(other)
                kinds |= self._kinds(other)
        return chosen

    def _kinds(self, row: int) -> set[int]:
        """A noun and what is above it and not too general."""
        above = (self.nouns.row(id) for id in self.nouns.ancestors(self.nouns.ids[row]))
        return {row, *(each for each in above if not general()[each])}

    def _answer(self, row: int, chances: np.ndarray, others: tuple[Answer, ...] = ()) -> Answer:
        return Answer(True, self.nouns.ids[row], self.nouns.label(self.nouns.ids[row]), float(chances[row]), others)

    def chances(self, shares: np.ndarray) -> np.ndarray:
        """How likely each noun is true of the picture: of the classes and of what is above them. (82115,)

        A class's share counts for all above it (Deng et al. 2012, "Hedging your bets"). Shares sum to 1 and a picture
        shows many things, so the chance is not the share but a logistic function of it (Platt 1999), and the lower the
        deeper the noun. The function was fitted to photos of everyday life with all that they show written down.
        """
        return self._chances(self.below(shares))

    def _chances(self, below: np.ndarray) -> np.ndarray:
        there = np.flatnonzero(below)
        odds = CERTAINTY * log_odds(below[there]) + TRUST - PER_STEP * self.nouns.depths[there]
        chances = np.zeros(len(below))
        chances[there] = 1 / (1 + np.exp(-odds))
        return chances

    def below(self, shares: np.ndarray) -> np.ndarray:
        """How much of the shares lies at or below each noun. (82115,)"""
        sums = self._up(shares[self._number])
        sums[self.rows] += shares
        return sums

    def _below_among(self, shares: np.ndarray, candidates: Collection[str]) -> np.ndarray:
        """The same, which is also the chance, where one of the candidates is known to be true. (82115,)"""
        rows = candidate_rows(candidates)
        own = np.zeros(len(self.nouns))
        own[rows] = self.scores(shares, rows)
        below, above = self.nouns.closure.T
        return np.minimum(1, np.bincount(above, weights=own[below], minlength=len(own)) / max(1e-30, own.sum()))

    def reach(self, shares: np.ndarray) -> np.ndarray:
        """The rows of nouns that can be among the first: the classes, what is above them, and near the likeliest."""
        top = best_of(shares, TOP)
        if new := [one for one in top if one not in self._near]:
            cosines = self.vectors[self.rows[new]] @ self.vectors.T
            self._near |= {one: best_of(row, NEAREST) for one, row in zip(new, cosines, strict=True)}
        above = self._above[np.isin(self._number, top)]
        return np.unique(np.concatenate([self.rows, above, *(self._near[one] for one in top)]))

    def _up(self, weights: np.ndarray) -> np.ndarray:
        """The sums, for every noun, of the weights of its classes, given for each pair of class and noun above it."""
        return np.bincount(self._above, weights=weights, minlength=len(self.nouns))

    @cached_property
    def useful(self) -> np.ndarray:
        """Whether a noun answers something: a class, or a kind that people name and not too general. (82115,)"""
        useful = ~general() & (word_ranks(load_words()) <= FAMILIAR)
        useful[self.rows] = True
        return useful

    @cached_property
    def commonness(self) -> np.ndarray:
        """What each noun counts for being a word that people use. (82115,) float32"""
        counts = (COMMON_RANK / word_ranks(load_words())) ** self.recipe.common
        return np.where(general() | self._kinds_of_people(), BURIED, counts).astype(np.float32)

    def _kinds_of_people(self) -> np.ndarray:
        """Nouns that say what kind of person somebody is, most of which are no words for a stranger. (82115,)"""
        below, above = self.nouns.closure.T
        people = np.zeros(len(self.nouns), bool)
        people[below[above == self.nouns.row(PERSON)]] = True
        people[self.nouns.row(PERSON)] = False
        return people


@cache
def namer(classes: tuple[str, ...]) -> Namer:
    """The namer for a network of these classes, made once."""
    return Namer(classes)


def _steps_up(nouns: Nouns, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair of a class and a noun above it: number of the class, row of the noun, how much less deep. (n,) each"""
    numbers = np.full(len(nouns), -1)
    numbers[rows] = np.arange(len(rows))
    below, above = nouns.closure[(numbers[nouns.closure[:, 0]] >= 0) & (nouns.closure[:, 0] != nouns.closure[:, 1])].T
    return numbers[below], above, nouns.depths[below] - nouns.depths[above]
