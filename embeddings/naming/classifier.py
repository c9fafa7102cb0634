"""What a picture shows: ranked nouns and an answer, from the probabilities of a network's classes."""

from collections.abc import Collection
from dataclasses import replace
from functools import cache, cached_property

import numpy as np

from embeddings.naming.answer import Evidence, other_things, sure_kind, telling_answer
from embeddings.naming.calibration import calibrate
from embeddings.naming.config import DEFAULT, NamingConfig
from embeddings.naming.ranking import Ranking
from embeddings.naming.vocabulary import candidate_rows, empty_kinds, familiar_nouns, general_nouns
from embeddings.results import Answer, Hit
from embeddings.wordnet.class_tree import ClassTree
from embeddings.wordnet.graph import load_nouns
from embeddings.words.linalg import top_k
from zoo.errors import BadQuery

UNKNOWN = "I do not know"


class ZeroShotClassifier:
    """Names pictures among all nouns, by how likely each class of a network is."""

    def __init__(self, classes: tuple[str, ...], config: NamingConfig = DEFAULT) -> None:
        self.config = config
        self.nouns = load_nouns()
        self.tree = ClassTree(self.nouns, classes)
        self.ranking = Ranking(self.tree, config)
        self._among_candidates = Ranking(self.tree, replace(config, concept_weight=1.0))
        self._classes = frozenset(self.tree.rows.tolist())

    def rank(self, probabilities: np.ndarray, *, k: int = 10, candidates: Collection[str] | None = None) -> list[Hit]:
        """Rank the k best nouns, of all or of the candidate synset ids; none where the picture shows nothing."""
        if k < 1:
            raise BadQuery(f"asked for {k} answers; at least 1 is needed")
        if not probabilities.any():
            return []
        if candidates is None:
            rows = self.ranking.shortlist(probabilities)
            scores = self.ranking.scores(probabilities, rows)
        else:
            rows = candidate_rows(candidates)
            scores = self._among_candidates.scores(probabilities, rows)
        best = top_k(scores, k)
        return [self._hit(int(row), float(score)) for row, score in zip(rows[best], scores[best], strict=True)]

    def answer(
        self,
        probabilities: np.ndarray,
        *,
        confidence: float = DEFAULT.confidence,
        candidates: Collection[str] | None = None,
        without: Collection[str] = (),
    ) -> Answer:
        """Name a picture, as specifically as is sure, or say that it is not known.

        An answer is one of the candidates or above some of them, and none of those that it is to do without. Where all
        nouns may be named, it also tells what else is there. Raises BadQuery for a confidence out of range.
        """
        if not 0 < confidence <= 1:
            raise BadQuery(f"a sureness of {confidence}; it lies above 0 and goes up to 1")
        evidence = self.evidence(probabilities, candidates=candidates, without=without)
        row = telling_answer(evidence, confidence)
        kind = sure_kind(row, evidence, confidence)
        beneath = None if kind is None else self._answer(kind, evidence)
        if row is None:
            best = np.where(evidence.telling, evidence.probability, 0).max()
            return Answer(False, None, UNKNOWN, float(best), kind=beneath)
        others = other_things(row, evidence) if candidates is None else []
        return self._answer(row, evidence, tuple(self._answer(other, evidence) for other in others), beneath)

    def alternatives(
        self,
        probabilities: np.ndarray,
        *,
        k: int = 10,
        confidence: float = DEFAULT.confidence,
        candidates: Collection[str] | None = None,
        without: Collection[str] = (),
    ) -> list[Hit]:
        """List the answer and the k likeliest nouns beside it, by the probabilities that it was chosen by.

        Beside classes, or candidates, only the answer itself may be a kind.
        """
        evidence = self.evidence(probabilities, candidates=candidates, without=without)
        leaves = self.tree.rows if candidates is None else candidate_rows(candidates)
        chances = np.zeros(len(self.nouns))
        chances[leaves] = evidence.probability[leaves]
        answer = telling_answer(evidence, confidence)
        if answer is not None:
            chances[answer] = evidence.probability[answer]
        return [self._hit(int(row), float(chances[row])) for row in top_k(chances, k) if chances[row] > 0]

    def evidence(
        self, probabilities: np.ndarray, *, candidates: Collection[str] | None = None, without: Collection[str] = ()
    ) -> Evidence:
        """Weigh every noun for a picture; where one of the candidates is known to be true, among these alone."""
        if candidates is None:
            mass = self.tree.subtree_mass(probabilities)
            probability = np.where(self.useful, calibrate(mass, self.nouns.depths, self.config), 0)
            telling = ~empty_kinds()
            telling[self.tree.rows] = True
        else:
            mass = self._mass_among(probabilities, candidates)
            probability = np.where(general_nouns(), 0, mass)
            telling = np.ones(len(mass), bool)
        probability[[self.nouns.row(id) for id in without]] = 0
        return Evidence(probability, mass, telling, self._classes, self.config)

    @cached_property
    def useful(self) -> np.ndarray:
        """Whether a noun is a class, or a kind that people name and not too general. (82115,) bool"""
        useful = ~general_nouns() & familiar_nouns()
        useful[self.tree.rows] = True
        return useful

    def _mass_among(self, probabilities: np.ndarray, candidates: Collection[str]) -> np.ndarray:
        """Sum the scores of candidates at or below each noun, as parts of all their scores. (82115,)"""
        rows = candidate_rows(candidates)
        own = np.zeros(len(self.nouns))
        own[rows] = self._among_candidates.scores(probabilities, rows)
        below, above = self.nouns.closure.T
        return np.minimum(1, np.bincount(above, weights=own[below], minlength=len(own)) / max(1e-30, own.sum()))

    def _hit(self, row: int, score: float) -> Hit:
        id = self.nouns.ids[row]
        return Hit(id, self.nouns.label(id), score)

    def _answer(
        self, row: int, evidence: Evidence, others: tuple[Answer, ...] = (), kind: Answer | None = None
    ) -> Answer:
        id = self.nouns.ids[row]
        return Answer(True, id, self.nouns.label(id), float(evidence.probability[row]), others, kind)


@cache
def zero_shot_classifier(classes: tuple[str, ...]) -> ZeroShotClassifier:
    """Make the classifier for a network of these classes, once."""
    return ZeroShotClassifier(classes)
