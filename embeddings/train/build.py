"""Makes the bundled data from a WordNet and trained word vectors: noun graph, word table, recipe of nouns, manifest."""

import datetime
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from gensim.models import KeyedVectors, Word2Vec
from safetensors.numpy import save

from embeddings.text import token
from embeddings.wordnet import database
from embeddings.wordnet.graph import DATA, GRAPH, Nouns
from embeddings.words.table import FULL_WEIGHT, MANIFEST, RULES, TABLE, WORDS
from zoo.errors import BadQuery
from zoo.files import written_beside

FREQUENT_WORDS = 50_000
LEAST_COUNT = 8  # a lemma seen less often has a vector of noise; its noun does better by its other words or ancestors
COMMON_DIRECTIONS = 5  # that all words share; data/README.md compares
WORD = 12  # the weight of a whole word in a noun's own part
WORDLESS = 0.1  # the length of the own part of a noun without words


def build(model: Path, corpora: Sequence[str], *, source: Path | None = None, target: Path = DATA) -> dict:
    """Write all bundled files; return the manifest."""
    words = read_model(model)
    frequency = {str(word): words.get_vecattr(word, "count") for word in words.key_to_index}
    write_graph(source or database.folder(), frequency, target / GRAPH.name)
    nouns = Nouns(target / GRAPH.name)
    names = choose_words(nouns, words)
    rows = {word: row for row, word in enumerate(names)}
    recipe = noun_recipe(nouns, rows)
    _write(target / WORDS.name, gzip.compress("\n".join(names).encode(), mtime=0))
    _write(target / TABLE.name, save({"vectors": quantise(all_but_the_top(words[names])), **recipe}))
    manifest = _manifest(target, words.vector_size, names, recipe["rules"], corpora)
    _write(target / MANIFEST.name, (json.dumps(manifest, indent=2) + "\n").encode())
    return manifest


def read_model(path: Path) -> KeyedVectors:
    """Read the word vectors of a model that train words made."""
    if not path.is_file():
        raise BadQuery(f"no model {path}; train one: python -m embeddings train words --corpus DIR")
    return Word2Vec.load(str(path)).wv


def write_graph(source: Path, frequency: Mapping[str, int], target: Path) -> None:
    """Pack WordNet's noun graph and its irregular plurals, facts only."""
    ranks = database.read_senses(source)
    nouns = sorted(database.read_nouns(source), key=lambda noun: noun.id)
    rows = {noun.id: row for row, noun in enumerate(nouns)}
    lines = []
    for noun in nouns:
        senses = _label_first([(lemma, ranks[lemma.lower(), noun.id]) for lemma in noun.lemmas], frequency)
        lemmas = " ".join(f"{lemma}:{rank}" for lemma, rank in senses)
        lines.append(f"{noun.id[1:]}\t{lemmas}\t{' '.join(str(rows[parent]) for parent in noun.parents)}")
    plurals = [f"{plural} {singular}" for plural, singular in sorted(database.read_plurals(source).items())]
    _write(target, gzip.compress("\n".join([*lines, "", *plurals]).encode(), mtime=0))


def _label_first(senses: list[tuple[str, int]], frequency: Mapping[str, int]) -> list[tuple[str, int]]:
    """WordNet's order, but a lemma goes first when it is common and means this more often: lighthouse before beacon."""
    first = senses[0]
    rivals = [sense for sense in senses if sense[1] < first[1]]
    label = max([first, *rivals], key=lambda sense: frequency.get(token(sense[0]), 0) / sense[1] ** 2)
    return [label, *(sense for sense in senses if sense is not label)]


def choose_words(nouns: Nouns, words: KeyedVectors) -> list[str]:
    """Give the words of the table, the most frequent first: noun lemmas, and the most frequent of the rest."""
    frequent = set(words.index_to_key[:FREQUENT_WORDS])

    def is_wanted(word: str) -> bool:
        return word in frequent or (word in nouns.tokens and words.get_vecattr(word, "count") >= LEAST_COUNT)

    return [word for word in map(str, words.index_to_key) if is_wanted(word)]


def all_but_the_top(vectors: np.ndarray, directions: int = COMMON_DIRECTIONS) -> np.ndarray:
    """Give unit vectors without their mean and strongest common directions (Mu and Viswanath 2018)."""
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors - vectors.mean(axis=0)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    top = axes[:, -directions:] if directions else axes[:, :0]  # (D, directions)
    vectors = vectors - vectors @ top @ top.T
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def quantise(vectors: np.ndarray) -> np.ndarray:
    """8 bits a number, every row to its own scale, which is not kept: rows are unit vectors again once loaded."""
    return np.rint(vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True))).astype(np.int8)


def noun_recipe(nouns: Nouns, rows: Mapping[str, int]) -> dict[str, np.ndarray]:
    """Tell which words, with which weights, make up each noun's own part, how long that is, and by which rule.

    The r-th sense of a word has 1 / sqrt(r) of it, and leaves more to its ancestors: crane the bird is no machine.
    """
    parts: list[tuple[int, int]] = []
    ends, lengths, rules = [], [], []
    for id in nouns.ids:
        senses = [(token(lemma), rank) for lemma, rank in nouns.senses(id)]
        own = [(rows[name], round(WORD * rank**-0.5)) for name, rank in senses if name in rows]
        found = own or [part for name, _ in senses for part in _phrase(name, rows)]
        parts += found
        ends.append(len(parts))
        lengths.append(round(FULL_WEIGHT * max((weight for _, weight in found), default=WORD * WORDLESS) / WORD))
        rules.append(RULES.index("lemma" if own else "phrase" if found else "ancestors"))
    words, weights = zip(*parts, strict=True)
    return {
        "noun_words": np.array(words, dtype=np.int32),
        "noun_weights": np.array(weights, dtype=np.uint8),
        "noun_ends": np.array(ends, dtype=np.int32),
        "noun_lengths": np.array(lengths, dtype=np.uint8),
        "rules": np.array(rules, dtype=np.uint8),
    }


def _phrase(name: str, rows: Mapping[str, int]) -> list[tuple[int, int]]:
    """Give the words of a phrase whose head, the last word, is known; the head counts twice, for it says what it is."""
    *others, head = name.split("_")
    if head not in rows or not others:
        return []
    return [(rows[head], WORD), *((rows[word], WORD // 2) for word in others if word in rows)]


def _manifest(target: Path, dimension: int, words: Sequence[str], rules: np.ndarray, corpora: Sequence[str]) -> dict:
    contents = {name: (target / name).read_bytes() for name in (GRAPH.name, WORDS.name, TABLE.name)}
    files = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in contents.items()}
    return {
        "built": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "dimension": dimension,
        "words": len(words),
        "synsets": len(rules),
        "synsets_by_rule": {rule: int((rules == number).sum()) for number, rule in enumerate(RULES)},
        "corpora": list(corpora),
        "files": files,
    }


def _write(path: Path, data: bytes) -> None:
    with written_beside(path, durable=True) as part:
        part.write_bytes(data)
