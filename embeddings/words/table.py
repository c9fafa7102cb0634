"""Word vectors for typed words and for every noun, from one bundled table."""

import gzip
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy.sparse import csr_array

from embeddings.text import FUNCTION_WORDS, Phrases, runs, token
from embeddings.wordnet.graph import DATA, GRAPH, Nouns, load_nouns
from embeddings.words.found import Found, near_spellings, phrase_mean
from embeddings.words.linalg import make_unit, one_algebra_thread
from zoo.errors import UnknownWord

WORDS = DATA / "words.txt.gz"  # a word a line, the most frequent first
TABLE = DATA / "words.safetensors"  # their vectors in 8 bits, and what each noun is made of
MANIFEST = DATA / "manifest.json"
RULES = ("lemma", "phrase", "ancestors")  # how a noun came by its own part
PLACED = tuple(f"WordNet noun, placed by its {what}" for what in ("synonyms", "phrase's words", "ancestors"))
FULL_WEIGHT = 100  # a noun's own part of this length in the recipe weighs as much as a whole word
ANCESTOR_DECAY = 0.5  # a step up; HierSE (Li et al. 2015) has e^-1; data/README.md compares


class Words:
    """The word table: unit vectors by word, and nouns that have no word of their own."""

    def __init__(self, words: Sequence[str], recipe: Mapping[str, np.ndarray], nouns: Nouns) -> None:
        self.words, self.recipe, self.nouns = words, recipe, nouns
        self.vectors = make_unit(recipe["vectors"].astype(np.float32))  # (words, D)
        self._rows = {word: row for row, word in enumerate(words)}

    @classmethod
    def read(cls, folder: Path, nouns: Nouns) -> "Words":
        """Read the table of a data folder, for its nouns."""
        names = gzip.decompress((folder / WORDS.name).read_bytes()).decode().split("\n")
        return cls(names, load_file(folder / TABLE.name), nouns)

    @property
    def dimension(self) -> int:
        """The length of every vector."""
        return self.vectors.shape[1]

    def __contains__(self, word: str) -> bool:
        return word in self._rows

    def __getitem__(self, word: str) -> np.ndarray:
        return self.vectors[self._rows[word]]

    def nearest(self, vector: np.ndarray, k: int = 10, *, without: Collection[str] = ()) -> list[tuple[str, float]]:
        """Find the k words nearest to a unit vector, with cosines, but for some."""
        scores = self.vectors @ vector
        best = np.argsort(-scores)[: k + len(without)]
        return [(self.words[row], float(scores[row])) for row in best if self.words[row] not in without][:k]

    def look_up(self, text: str) -> Found:
        """Find a word or phrase in the first way that works; raises UnknownWord with suggestions."""
        name = token(text)
        for spelling, how in self._spellings(text, name):
            if spelling in self._rows:
                return Found(spelling.replace("_", " "), how, self[spelling], (spelling,))
        if senses := self.nouns.synsets(text):
            row = self.nouns.row(senses[0])
            return Found(name.replace("_", " "), PLACED[self.recipe["rules"][row]], load_noun_vectors()[row])
        return self._phrase(text)

    def _spellings(self, text: str, name: str) -> Iterator[tuple[str, str]]:
        yield name, "exact word" if name == text else "spelling variant"
        yield name.replace("_", ""), "written as one word"
        for singular in self.nouns.spellings(text)[1:]:
            yield singular, "singular"

    def _phrase(self, text: str) -> Found:
        """Give the mean of the longest known pieces, function words left out."""
        pieces = [word for run in runs(text) for word in self._joiner.join(run)]
        content = [piece for piece in pieces if piece not in FUNCTION_WORDS] or pieces
        known = {piece: name for piece in content if (name := self._known(piece))}
        if not known:
            unknown = " ".join(content) or text
            raise UnknownWord(unknown, near_spellings(token(unknown) or unknown, self.words))
        return phrase_mean(content, known, self.__getitem__)

    def _known(self, piece: str) -> str | None:
        return next((name for name in self.nouns.spellings(piece) if name in self._rows), None)

    @cached_property
    def _joiner(self) -> Phrases:
        return Phrases(self.words)


def noun_vectors(words: Words, *, decay: float = ANCESTOR_DECAY) -> np.ndarray:
    """Give the unit vector of every noun: its own part, and its ancestors with falling weight. (82115, D)"""
    vectors, nouns = lemma_vectors(words), words.nouns
    child, parent = nouns.edges.T
    count = np.bincount(child, minlength=len(nouns))
    number = np.arange(len(child)) - (np.cumsum(count) - count)[child]  # the how-manieth parent of its child
    share = (decay / count[child]).astype(np.float32)[:, None]
    for depth in range(1, int(nouns.depths.max()) + 1):  # parents are done before their children
        for nth in range(int(count.max())):
            edges = np.flatnonzero((nouns.depths[child] == depth) & (number == nth))
            vectors[child[edges]] += share[edges] * vectors[parent[edges]]
    return make_unit(vectors)


def lemma_vectors(words: Words) -> np.ndarray:
    """Give the weighted mean of each noun's own words, at the length that the recipe gives it. (82115, D)

    A noun without words gets a little noise of its own, so that it lies beside its parent and not upon it.
    """
    rows, weights, ends = (words.recipe[name] for name in ("noun_words", "noun_weights", "noun_ends"))
    shape = (len(ends), len(words.words))
    own = csr_array((weights.astype(np.float32), rows, np.append(0, ends)), shape) @ words.vectors
    wordless = np.flatnonzero(np.diff(ends, prepend=0) == 0)
    noise = np.random.Generator(np.random.PCG64(0))  # not default_rng, which another numpy may make otherwise
    own[wordless] = noise.standard_normal((len(wordless), words.dimension), dtype=np.float32)
    own = make_unit(own)
    own *= (words.recipe["noun_lengths"] / np.float32(FULL_WEIGHT))[:, None]
    return own


def bundled_dimension() -> int:
    """Give the length of the bundled vectors, without loading them."""
    return json.loads(MANIFEST.read_text(encoding="utf-8"))["dimension"]


@cache
def data_sha256() -> str:
    """Give what the bundled noun vectors are: image models name it, and an index of others is refused."""
    recipe = f"decay {ANCESTOR_DECAY}".encode()
    return hashlib.sha256(TABLE.read_bytes() + GRAPH.read_bytes() + recipe).hexdigest()


@cache
def load_words() -> Words:
    """Load the bundled word table, once."""
    return Words.read(DATA, load_nouns())


@cache
def load_noun_vectors() -> np.ndarray:
    """Load the unit vectors of all noun synsets, rows as in Nouns.ids. (82115, D) float32, read-only"""
    one_algebra_thread()
    vectors = noun_vectors(load_words())
    vectors.flags.writeable = False
    return vectors
