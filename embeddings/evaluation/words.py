"""Words on public sets, and nouns: the measured tables of the card."""

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.evaluation.nouns import (
    class_scores,
    classes_in,
    keyed,
    loading,
    neighbours,
    noun_scores,
    query_times,
    sense,
)
from embeddings.text import token
from embeddings.words.table import ANCESTOR_DECAY, RULES, Words, load_words, noun_vectors
from zoo.errors import BadQuery

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

SIMILARITY = {
    "WordSim-353": "EN-WS-353-ALL.txt",
    "SimLex-999": "EN-SIMLEX-999.txt",
    "MEN": "EN-MEN-TR-3k.txt",
    "RG-65": "EN-RG-65.txt",
    "RareWords": "EN-RW-STANFORD.txt",
}
WORD_SETS = "the sets of mfaruqui/eval-word-vectors, tmikolov/word2vec and vecto-ai/word-benchmarks"
ANALOGIES = "questions-words.txt"
CATEGORIES = {"Battig": "battig.csv", "AP": "ap.csv", "BLESS": "bless.csv", "ESSLLI-2008": "essli-2008.csv"}
SHOWN = (
    "n02110958", "n09472597", "n07920052", "n03467517", "n02099601", "n02814860", "n02012849", "n03126707",
)  # fmt: skip


def score_words(folder: Path) -> dict[str, Any]:
    """Spearman correlation on similarity sets, Google's analogies, and purity on categorisation sets."""
    found = word_scores(folder, load_words())
    if not found:
        raise BadQuery(f"{folder} holds none of {', '.join([*SIMILARITY.values(), ANALOGIES, *CATEGORIES.values()])}")
    return found


def word_scores(folder: Path, words: Words) -> dict[str, Any]:
    """Measure a word table by each set in a folder, and how much of the set it covers."""
    vectors = keyed(words.words, words.vectors)
    found: dict[str, Any] = {}
    for name, file in SIMILARITY.items():
        for path in folder.rglob(file):
            _, spearman, missing = vectors.evaluate_word_pairs(str(path), restrict_vocab=len(vectors))
            found[name] = {"spearman": round(float(spearman[0]), 4), "covered": round(1 - missing / 100, 4)}
    for path in folder.rglob(ANALOGIES):
        found |= _analogies(vectors, path)
    for name, file in CATEGORIES.items():
        for path in folder.rglob(file):
            found[name] = _purity(words, path)
    return found


def _analogies(vectors: "KeyedVectors", path: Path) -> dict[str, Any]:
    asked = sum(1 for line in path.read_text().splitlines() if line and not line.startswith(":"))
    _, sections = vectors.evaluate_word_analogies(str(path), restrict_vocab=len(vectors))
    parts: dict[str, list[int]] = {"semantic": [0, 0], "syntactic": [0, 0]}
    for section in sections[:-1]:  # the last is the total
        part = parts["syntactic" if section["section"].startswith("gram") else "semantic"]
        part[0] += len(section["correct"])
        part[1] += len(section["correct"]) + len(section["incorrect"])
    found = {f"analogies, {name}": round(right / max(1, all), 4) for name, (right, all) in parts.items()}
    return found | {"analogies covered": round(sum(all for _, all in parts.values()) / asked, 4)}


def _purity(words: Words, path: Path) -> dict[str, float]:
    """Measure how pure the clusters of k-means are, as many as categories, over the words of one category."""
    from sklearn.cluster import KMeans  # takes a second, which no other command should wait

    categories = defaultdict(set)
    for row in csv.reader(path.read_text(encoding="utf-8").splitlines()):
        if len(row) == 3 and row[0]:  # the header has no number
            categories[token(row[2])].add(row[1])
    single = {word: names.pop() for word, names in categories.items() if len(names) == 1}
    known = {word: name for word, name in single.items() if word in words}
    kinds = len(set(known.values()))
    clusters = KMeans(kinds, n_init=10, random_state=0).fit_predict(np.stack([words[word] for word in known]))
    together = defaultdict(Counter)
    for cluster, name in zip(clusters, known.values(), strict=True):
        together[cluster][name] += 1
    right = sum(max(names.values()) for names in together.values())
    return {"purity": round(right / len(known), 4), "categories": kinds, "covered": round(len(known) / len(single), 4)}


def score_nouns(classes: Path | None = None, *, decay: float = ANCESTOR_DECAY) -> dict[str, Any]:
    """Measure how nouns got vectors, whether they lie apart and near their kin, and how long loading and a query take.

    With a folder of `classes`, whose names begin with synset ids, also how well these are told apart.
    """
    words = load_words()
    rules = np.bincount(words.recipe["rules"], minlength=len(RULES))
    vectors = noun_vectors(words, decay=decay)
    return {
        "synsets": len(vectors),
        "with a vector": int((np.linalg.norm(vectors, axis=1) > 0.5).sum()),
        **{f"by {rule}": round(int(count) / len(vectors), 4) for rule, count in zip(RULES, rules, strict=True)},
        **noun_scores(words.nouns, vectors),
        **(class_scores(words.nouns, vectors, classes_in(classes)) if classes else {}),
        **loading(),
        **query_times(words.nouns, vectors),
        **{f"nearest to {sense(words.nouns, id)}": ", ".join(neighbours(words.nouns, vectors, id)) for id in SHOWN},
    }
