"""Makes the bundled data from a WordNet and trained word vectors: noun graph, word table, recipe of nouns, manifest."""

import datetime
import hashlib
import json
import lzma
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from gensim.models import KeyedVectors, Word2Vec
from safetensors.numpy import save

from embeddings import wordnet
from embeddings.nouns import DATA, GRAPH, Nouns
from embeddings.text import token
from embeddings.vectors import MANIFEST, RULES, TABLE, WORDS

FREQUENT_WORDS = 30_000
LEAST_COUNT = 15  # a lemma seen less often has a vector of noise; its noun does better by its other words or ancestors
HEAD_WEIGHT = 2  # the last word of a noun phrase says what the thing is


def build(model: Path, corpora: Sequence[str], *, source: Path | None = None, target: Path = DATA) -> dict:
    """Write all bundled files; return the manifest."""
    words = Word2Vec.load(str(model)).wv
    frequency = {word: words.get_vecattr(word, "count") for word in words.key_to_index}
    write_graph(source or wordnet.folder(), frequency, target / GRAPH.name)
    nouns = Nouns(target / GRAPH.name)
    names = choose_words(nouns, words)
    rows = {word: row for row, word in enumerate(names)}
    recipe = noun_recipe(nouns, rows)
    _write(target / WORDS.name, lzma.compress("\n".join(names).encode(), preset=9))
    _write(target / TABLE.name, save({"vectors": quantise(all_but_the_top(words[names])), **recipe}))
    manifest = _manifest(target, words.vector_size, names, recipe["rules"], corpora)
    _write(target / MANIFEST.name, (json.dumps(manifest, indent=2) + "\n").encode())
    return manifest


def write_graph(source: Path, frequency: Mapping[str, int], target: Path) -> None:
    """Pack WordNet's noun graph and its irregular plurals, facts only."""
    ranks = wordnet.read_senses(source)
    nouns = sorted(wordnet.read_nouns(source), key=lambda noun: noun.id)
    rows = {noun.id: row for row, noun in enumerate(nouns)}
    lines = []
    for noun in nouns:
        senses = _label_first([(lemma, ranks[lemma.lower(), noun.id]) for lemma in noun.lemmas], frequency)
        lemmas = " ".join(f"{lemma}:{rank}" for lemma, rank in senses)
        lines.append(f"{noun.id[1:]}\t{lemmas}\t{' '.join(str(rows[parent]) for parent in noun.parents)}")
    plurals = [f"{plural} {singular}" for plural, singular in sorted(wordnet.read_plurals(source).items())]
    _write(target, lzma.compress("\n".join([*lines, "", *plurals]).encode(), preset=9 | lzma.PRESET_EXTREME))


def _label_first(senses: list[tuple[str, int]], frequency: Mapping[str, int]) -> list[tuple[str, int]]:
    """WordNet's order, but a lemma goes first when it is common and means this more often: lighthouse before beacon."""
    first = senses[0]
    rivals = [sense for sense in senses if sense[1] < first[1]]
    label = max([first, *rivals], key=lambda sense: frequency.get(token(sense[0]), 0) / sense[1] ** 2)
    return [label, *(sense for sense in senses if sense is not label)]


def choose_words(nouns: Nouns, words: KeyedVectors) -> list[str]:
    """The words of the table, the most frequent first: noun lemmas, and the most frequent of the rest."""
    frequent = set(words.index_to_key[:FREQUENT_WORDS])

    def is_wanted(word: str) -> bool:
        return word in frequent or (word in nouns.tokens and words.get_vecattr(word, "count") >= LEAST_COUNT)

    return [word for word in words.index_to_key if is_wanted(word)]


def all_but_the_top(vectors: np.ndarray, directions: int = 2) -> np.ndarray:
    """Unit vectors without their mean and strongest common directions (Mu and Viswanath 2018)."""
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
    """Which words, with which weights, make up each noun's own part, and by which rule."""
    parts: list[tuple[int, int]] = []
    ends, rules = [], []
    for id in nouns.ids:
        names = [token(lemma) for lemma in nouns.lemmas(id)]
        own = [(rows[name], 1) for name in names if name in rows]
        found = own or [part for name in names for part in _phrase(name, rows)]
        parts += found
        ends.append(len(parts))
        rules.append(RULES.index("lemma" if own else "phrase" if found else "ancestors"))
    words, weights = zip(*parts, strict=True)
    return {
        "noun_words": np.array(words, dtype=np.int32),
        "noun_weights": np.array(weights, dtype=np.uint8),
        "noun_ends": np.array(ends, dtype=np.int32),
        "rules": np.array(rules, dtype=np.uint8),
    }


def _phrase(name: str, rows: Mapping[str, int]) -> list[tuple[int, int]]:
    """The words of a phrase whose head is known, the head weighted."""
    *others, head = name.split("_")
    if head not in rows or not others:
        return []
    return [(rows[head], HEAD_WEIGHT), *((rows[word], 1) for word in others if word in rows)]


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
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)
