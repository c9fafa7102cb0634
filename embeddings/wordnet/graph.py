"""WordNet 3.0's nouns, keyed by synset id ("n02110958"): lemmas, parents, depth."""

import gc
import gzip
import re
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from embeddings.text import token
from zoo.errors import BadQuery

DATA = Path(__file__).parents[1] / "data"
GRAPH = DATA / "nouns.txt.gz"  # a line a synset: offset, lemma:rank of the sense ..., rows of the parents; then plurals

_PLAIN = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*:\d+").fullmatch

DETACHED = (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ses", "s"), ("zes", "z"), ("men", "man"))
DETACHED += (("s", ""),)


@contextmanager
def gc_paused() -> Generator[None]:
    """Collect no garbage while many small objects are made: it would look through all of them again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Nouns:
    """The noun graph; rows follow the sorted synset ids, and row 0 is the root."""

    def __init__(self, graph: Path = GRAPH) -> None:
        with gc_paused():
            synsets, _, plurals = gzip.decompress(graph.read_bytes()).decode().partition("\n\n")
            offsets, self._lemmas, self._parents = zip(*(line.split("\t") for line in synsets.split("\n")), strict=True)
            self.ids = ["n" + offset for offset in offsets]
            self._singular = dict(line.split(" ") for line in plurals.splitlines())
            self._rows = {id: row for row, id in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, id: object) -> bool:
        return id in self._rows

    def row(self, id: str) -> int:
        """Give the row of a synset in the noun vectors."""
        try:
            return self._rows[id]
        except KeyError:
            raise BadQuery(f'no noun synset "{id}"; an id reads like n02110958') from None

    def senses(self, id: str) -> list[tuple[str, int]]:
        """Give the lemmas of a synset with the rank, from 1, of this sense among each lemma's senses."""
        pairs = (lemma.rpartition(":") for lemma in self._lemmas[self.row(id)].split(" "))
        return [(lemma.replace("_", " "), int(rank)) for lemma, _, rank in pairs]

    def lemmas(self, id: str) -> list[str]:
        """Give the words of a synset, its label first: ["pug", "pug-dog"]."""
        return [lemma for lemma, _ in self.senses(id)]

    def label(self, id: str) -> str:
        """Give the word that best stands for a synset."""
        return self.lemmas(id)[0]

    def parents(self, id: str) -> list[str]:
        """Give the hypernyms of a synset, the principal one first; none for the root."""
        return [self.ids[int(row)] for row in self._parents[self.row(id)].split()]

    def ancestors(self, id: str) -> set[str]:
        """List everything above a synset, over all its parents."""
        found: set[str] = set()
        waiting = self.parents(id)
        while waiting:
            found.update(waiting)
            waiting = [parent for ancestor in waiting for parent in self.parents(ancestor) if parent not in found]
        return found

    def path(self, id: str) -> list[str]:
        """Give the ids from a synset to the root, through principal parents."""
        path = [id]
        while parents := self.parents(path[-1]):
            path.append(parents[0])
        return path

    def depth(self, id: str) -> int:
        """Count the steps to the root by the longest way, so that a child is always deeper than its parents."""
        return int(self.depths[self.row(id)])

    def synsets(self, word: str) -> list[str]:
        """Find the ids of a noun's synsets: those written like the word, "crane" before "Crane", then by rank of sense.

        Plurals and spelling variants count.
        """
        senses = sorted(self.tokens.get(self._known_spelling(word), []))
        ids = [self.ids[sense % len(self)] for sense in senses]
        return sorted(ids, key=lambda id: not self._is_written_so(id, word))

    def spellings(self, word: str) -> list[str]:
        """Give the tokens under which a word may stand: itself, then its singulars ("leaves" -> "leaf")."""
        name = token(word)
        head, underscore, last = name.rpartition("_")
        return [name, *(head + underscore + singular for singular in self._singulars(last))]

    def _known_spelling(self, word: str) -> str:
        return next((name for name in self.spellings(word) if name in self.tokens), "")

    def _is_written_so(self, id: str, word: str) -> bool:
        name = self._known_spelling(word)
        return any(lemma.islower() == word.islower() for lemma in self.lemmas(id) if token(lemma) == name)

    @cached_property
    def tokens(self) -> dict[str, list[int]]:
        """Every lemma as a token of the word table, with its senses: rank * len(self) + row of the synset, unsorted."""
        senses: dict[str, list[int]] = {}
        entries, size = " ".join(self._lemmas), len(self)
        rows = np.repeat(np.arange(size), [lemmas.count(" ") + 1 for lemmas in self._lemmas]).tolist()
        folded = entries.lower().replace("-", "_").split(" ")
        with gc_paused():
            for lemma, simple, row in zip(entries.split(" "), folded, rows, strict=True):
                plain = _PLAIN(simple)  # nearly every lemma, and ten times faster than token()
                name, _, rank = (simple if plain else lemma).rpartition(":")
                senses.setdefault(name if plain else token(name), []).append(int(rank) * size + row)
        return senses

    @cached_property
    def edges(self) -> np.ndarray:
        """Every (child, parent) pair of rows, in order of the child. (n, 2)"""
        counts = [len(parents.split()) for parents in self._parents]
        parents = np.fromiter(map(int, " ".join(self._parents).split()), np.int64, sum(counts))
        return np.stack([np.repeat(np.arange(len(self)), counts), parents], axis=1)

    @cached_property
    def depths(self) -> np.ndarray:
        """Longest distance of every row to the root. (82115,)"""
        child, parent = self.edges.T
        depths = np.zeros(len(self), dtype=np.int64)
        while True:
            deeper = depths.copy()
            np.maximum.at(deeper, child, depths[parent] + 1)
            if np.array_equal(deeper, depths):
                return depths
            depths = deeper

    @cached_property
    def closure(self) -> np.ndarray:
        """Every (row, row of itself or of an ancestor) once, in order of the first. (n, 2)"""
        child, parent = self.edges.T
        starts = np.searchsorted(child, np.arange(len(self) + 1))
        counts = np.diff(starts)
        reached = [np.repeat(np.arange(len(self)), 2).reshape(-1, 2)]
        while len(reached[-1]):
            rows, above = reached[-1].T
            many = counts[above]
            step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
            pairs = np.stack([np.repeat(rows, many), parent[np.repeat(starts[above], many) + step]], axis=1)
            reached.append(_distinct(pairs, len(self)))
        return _distinct(np.concatenate(reached), len(self))

    def _singulars(self, word: str) -> list[str]:
        """Give the likely singulars of a word (WordNet's rules of detachment, and its irregular plurals)."""
        regular = [word.removesuffix(ending) + singular for ending, singular in DETACHED if word.endswith(ending)]
        return [self._singular[word], *regular] if word in self._singular else regular


def _distinct(pairs: np.ndarray, size: int) -> np.ndarray:
    """Give the distinct pairs of numbers below size, sorted."""
    keys = np.sort(pairs[:, 0] * size + pairs[:, 1])
    return np.stack(np.divmod(keys[np.diff(keys, prepend=-1) > 0], size), axis=1)


@cache
def load_nouns() -> Nouns:
    """Load the bundled noun graph, once."""
    return Nouns()
