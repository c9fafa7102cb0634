"""The measured tables of the cards: word similarity and analogies, the nouns, and naming of unseen classes."""

import json
import re
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from tqdm import tqdm

from embeddings.errors import BadQuery
from embeddings.nouns import Nouns, load_nouns
from embeddings.search import best_of, words_for
from embeddings.vectors import RULES, Words, compose, load_noun_vectors, load_words

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

WNID = re.compile(r"n\d{8}")
SIMILARITY = {
    "WordSim-353": "EN-WS-353-ALL.txt",
    "SimLex-999": "EN-SIMLEX-999.txt",
    "MEN": "EN-MEN-TR-3k.txt",
    "RG-65": "EN-RG-65.txt",
    "RareWords": "EN-RW-STANFORD.txt",
}
ANALOGIES = "questions-words.txt"
SAMPLE = 1000
RANKS = (1, 5, 20)


def score(options: Namespace) -> None:
    """Measure the words, the nouns, or the naming of pictures."""
    found = SCORES[options.what](options)
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
    else:
        sys.stdout.write("".join(f"{name}: {value}\n" for name, value in found.items()))


def score_words(options: Namespace) -> dict[str, Any]:
    """Spearman correlation on similarity sets, pairs covered, and Google's analogies."""
    folder = _data(options, "the sets of mfaruqui/eval-word-vectors and tmikolov/word2vec")
    vectors = keyed(load_words().words, load_words().vectors)
    found: dict[str, Any] = {}
    for name, file in SIMILARITY.items():
        for path in folder.rglob(file):
            _, spearman, missing = vectors.evaluate_word_pairs(str(path), restrict_vocab=len(vectors))
            found[name] = {"spearman": round(float(spearman[0]), 4), "covered": round(1 - missing / 100, 4)}
    for path in folder.rglob(ANALOGIES):
        found |= _analogies(vectors, path)
    if not found:
        raise BadQuery(f"{folder} holds none of {', '.join([*SIMILARITY.values(), ANALOGIES])}")
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


def score_nouns(options: Namespace) -> dict[str, Any]:
    """How nouns got their vectors, whether kin are near, and how long loading and a query take."""
    nouns, vectors = load_nouns(), compose(load_words(), decay=options.decay)
    rules = np.bincount(load_words().recipe["rules"], minlength=len(RULES))
    started, worked = time.perf_counter(), time.process_time()
    compose(Words(nouns=Nouns()))
    loading, work = time.perf_counter() - started, time.process_time() - worked
    chosen = np.random.default_rng(0).choice(len(nouns), SAMPLE, replace=False)
    found = {
        "synsets": len(nouns),
        "with a vector": int((np.linalg.norm(vectors, axis=1) > 0.5).sum()),
        **{f"by {rule}": round(int(count) / len(nouns), 4) for rule, count in zip(RULES, rules, strict=True)},
        "nearest to itself": _share(best_of(vectors @ vectors[row], 1)[0] == row for row in chosen),
        "true parent among 10 nearest": _share(_parent_is_near(nouns, vectors, row) for row in chosen),
        "loading, s": round(loading, 3),
        "loading, s of processor": round(work, 3),
        "query, ms of processor": _milliseconds(lambda row: words_for(vectors[row], k=12), chosen[:50]),
    }
    named = keyed(nouns.ids, vectors)
    found["gensim most_similar, ms of processor"] = _milliseconds(
        lambda row: named.most_similar(vectors[row], topn=12), chosen[:50]
    )
    if options.data is not None:
        classes = {match[0] for path in options.data.rglob("*") if (match := WNID.match(path.name))}
        found["classes in --data"] = len(classes)
        found["of them nouns with a vector"] = sum(id in nouns for id in classes)
    return found


def _share(answers: Iterable[bool]) -> float:
    return round(float(np.mean(list(answers))), 4)


def _parent_is_near(nouns: Nouns, vectors: np.ndarray, row: int) -> bool:
    near = {nouns.ids[other] for other in best_of(vectors @ vectors[row], 11) if other != row}
    return not near.isdisjoint(nouns.parents(nouns.ids[row]))


def score_zeroshot(options: Namespace) -> dict[str, Any]:
    """Hit at 1, 5 and 20 among all nouns, for photos in folders named by synset, classes seen in training and not."""
    sight = options.sight(options)
    nouns, vectors = load_nouns(), load_noun_vectors()
    folder = _data(options, "photos in folders named by synset id")
    classes = [path for path in sorted(folder.rglob("*")) if path.is_dir() and path.name in nouns]
    ranks: dict[str, list[int]] = {"seen": [], "unseen": []}
    for one in tqdm(classes, unit="class", leave=False, disable=None):
        for photo in sight.pictures_in(one)[: options.limit]:
            scores = vectors @ sight.encode(photo)
            rank = int((scores > scores[nouns.row(one.name)]).sum())
            ranks["seen" if one.name in sight.seen else "unseen"].append(rank)
    found: dict[str, Any] = {"classes": len(classes)}
    for name, places in ranks.items():
        found[f"{name} photos"] = len(places)
        found |= {f"{name} hit@{k}": round(float(np.mean(np.array(places) < k)), 4) for k in RANKS if places}
    return found


def keyed(names: list[str], vectors: np.ndarray) -> "KeyedVectors":
    """The vectors as gensim holds them."""
    from gensim.models import KeyedVectors  # takes a second, which no other command should wait

    made = KeyedVectors(vectors.shape[1])
    made.add_vectors(names, vectors)
    return made


def _milliseconds(query: Callable[[int], object], rows: np.ndarray) -> float:
    """The least processor time of a query, which other work on the machine does not change."""
    times = []
    for row in rows:
        started = time.process_time()
        query(row)
        times.append(time.process_time() - started)
    return round(1000 * min(times), 2)


def _data(options: Namespace, what: str) -> Path:
    if options.data is None or not options.data.is_dir():
        raise BadQuery(f"score {options.what} needs --data DIR with {what}")
    return options.data


SCORES: dict[str, Callable[[Namespace], dict[str, Any]]] = {
    "nouns": score_nouns,
    "words": score_words,
    "zeroshot": score_zeroshot,
}
