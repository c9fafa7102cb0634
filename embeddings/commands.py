"""What the subcommands of ``python -m embeddings`` do, once their arguments are read."""

import heapq
import json
import logging
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from embeddings.aligned import align, open_vectors
from embeddings.answers import as_facts
from embeddings.errors import BadQuery, IndexRefused
from embeddings.finding import Match, Query, asked, like, matches, more_like
from embeddings.indexing import index_folder
from embeddings.measures import SCORES
from embeddings.naming import namer
from embeddings.nouns import load_nouns
from embeddings.pictures import PictureSet, indexed_folders
from embeddings.search import is_picture, similar
from embeddings.sight import Sight
from embeddings.vectors import data_sha256, load_noun_vectors, read_query
from embeddings.word_commands import near_facts
from embeddings.word_table import WordTable

log = logging.getLogger(__name__)

WATCH_SECONDS = 2.0
WORD_FLAGS = ("dimension", "epochs", "window", "negative", "sample", "min_count", "seed")


def name_pictures(options: Namespace) -> None:
    """Say what pictures show, among all nouns or some."""
    sight = options.sight(options)
    candidates, without = _candidates(options, sight), sight.classes if options.unseen_only else ()
    wider = _wider(options)
    names = namer(sight.classes)
    for path, shares in _looked_at(options.pictures, sight, sight.shares):
        answer = names.answer(shares, sureness=options.sureness, candidates=candidates, without=without)
        hits = names.rank(shares, k=options.top, candidates=candidates)
        facts = as_facts(str(path), answer, hits, sight.classes)
        if wider:
            facts["vectors"] = near_facts(wider, sight.encode(path), options.top)
        _say(json.dumps(facts) if options.json else _naming_text(facts))


def find_pictures(options: Namespace) -> None:
    """Find indexed pictures that match a query."""
    named = any(is_picture(term.text) for term in read_query(options.query))
    sight = options.sight(options) if named else None  # words alone need no image model, which is slow to load
    look = sight.encode if sight else None
    wider = _wider(options)
    look_up = (lambda text: wider.vector(f'"{text}"').vector) if wider else None

    query = asked(options.query, look, look_up)
    _show_matches(options, query, options.query, model=sight.model if sight else None)


def similar_pictures(options: Namespace) -> None:
    """Find indexed pictures that show the like of a picture."""
    sight = options.sight(options)
    for path, vector in _looked_at([options.picture], sight, sight.encode):
        _show_matches(options, like(vector), path.name, model=sight.model)


def index_pictures(options: Namespace) -> None:
    """Index a folder or a zip: what is new, changed or gone since the last time."""
    sight = options.sight(options)
    told = None
    while True:
        pictures = _index_once(options.folder, sight)
        if pictures.index.notes != told:
            told = pictures.index.notes
            for name, reason in pictures.unreadable.items():
                log.warning("%s", reason if name in reason else f"{name}: {reason}")
            counted = f"{len(pictures)} pictures indexed, {len(pictures.unreadable)} unreadable in {pictures.folder}"
            _say(f"{counted}; self-check: {pictures.index.recall():.1%} of the nearest found")
        if not options.watch:
            return
        time.sleep(WATCH_SECONDS)


def score(options: Namespace) -> None:
    """Measure the words, the nouns, or the naming of pictures, or ways to make words and nouns of a model."""
    scores = SCORES
    if options.compare:
        from embeddings.compare import COMPARED as scores  # needs gensim, which is slow to import
    if options.what not in scores:
        raise BadQuery(f"--compare knows {' and '.join(scores)}, not {options.what}")
    found = scores[options.what](options)
    _say(json.dumps(found) if options.json else _table_text(found))


def add_word_settings(made: ArgumentParser) -> None:
    """Flags for the settings of word training, which are declared where training is."""
    for name in WORD_FLAGS:
        kind = float if name == "sample" else int
        made.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="N", help="see embeddings/train/words.py")
    made.add_argument("--cbow", action="store_true", help="CBOW instead of skip-gram: faster, less exact")


def train(options: Namespace) -> None:
    """Train word vectors on folders of text."""
    from embeddings.train.words import Source, WordSettings, train_words  # gensim is slow to import

    logging.getLogger("embeddings").setLevel(logging.INFO)
    given = {name: getattr(options, name) for name in WORD_FLAGS if getattr(options, name) is not None}
    settings = WordSettings(skip_gram=not options.cbow, **given)
    model = train_words([Source.read(text) for text in options.corpus], options.out, settings, workers=options.workers)
    _say(f"{model}\nbundle it with: python -m embeddings build {model}")


def build_data(options: Namespace) -> None:
    """Make the bundled data from trained words and an installed WordNet."""
    from embeddings.build import build
    from embeddings.nouns import DATA

    if not options.model.is_file():
        raise BadQuery(f"no model {options.model}; train one: python -m embeddings train words --corpus DIR")
    _say(json.dumps(build(options.model, options.corpora, target=options.into or DATA), indent=2))


def export_nouns(options: Namespace) -> None:
    """Write the noun vectors, and which noun is a kind of which, for the training of an image model."""
    nouns = load_nouns()
    part = options.file.with_name(options.file.name + ".part")
    with part.open("wb") as file:
        arrays = {"ids": np.array(nouns.ids), "vectors": load_noun_vectors(), "edges": nouns.edges}
        np.savez(file, **arrays, sha256=np.array(data_sha256()))
    part.replace(options.file)


def _looked_at(
    paths: list[Path], sight: Sight, look: Callable[[Path], np.ndarray]
) -> Iterator[tuple[Path, np.ndarray]]:
    """Each picture, folders opened, with what a look at it gives; a bad one is passed over and told at the end."""
    files = [file for path in paths for file in (sight.pictures_in(path) if path.is_dir() else [path])]
    failures = []
    for file in files:
        try:
            yield file, look(file)
        except sight.unreadable as error:
            failures.append(str(error))
    if failures:
        raise BadQuery("\n".join(failures))


def _candidates(options: Namespace, sight: Sight) -> Collection[str] | None:
    """The nouns to choose from, None for all."""
    if options.candidates is None and not options.unseen_only:
        return None
    nouns = load_nouns()
    chosen = set(nouns.ids)
    if options.candidates is not None:
        if not options.candidates.is_file():
            raise BadQuery(f"no file {options.candidates}; --candidates takes a file of synset ids, one a line")
        lines = options.candidates.read_text(encoding="utf-8", errors="replace").splitlines()
        chosen = {nouns.ids[nouns.row(line.strip())] for line in lines if line.strip()}
    return chosen.difference(sight.classes) if options.unseen_only else chosen


def _picture_sets(options: Namespace, model: str | None) -> list[PictureSet]:
    """The sets to search: the folder asked for, else every indexed one that can be searched."""
    if options.photos is not None:
        return [PictureSet.open(options.photos, model=model)]
    sets = []
    for folder in indexed_folders():
        try:
            sets.append(PictureSet.open(folder, model=model))
        except (BadQuery, IndexRefused) as error:  # gone, or another model's: the others can still be searched
            log.warning("not searched: %s", error)
    if not sets:
        raise BadQuery("no folder is indexed; run: python -m embeddings index DIR (or a zip)")
    return sets


def _show_matches(options: Namespace, query: Query, what: str, *, model: str | None) -> None:
    sets = _picture_sets(options, model)
    found = [match for one in sets for match in _searched(options, query, one)]
    best = heapq.nlargest(options.top, found, key=lambda match: match.hit.score)
    if options.json:
        _say(json.dumps([{"file": match.hit.id, "score": round(match.hit.score, 4)} for match in best]))
    elif best:
        _say("\n".join(f"{match.hit.score:.3f}  {match.hit.id}{more_like(match)}" for match in best))
    else:
        _say(f'nothing matches "{what}"; --all lists what comes closest')


def _searched(options: Namespace, query: Query, pictures: PictureSet) -> list[Match]:
    if options.all:
        return [Match(hit) for hit in similar(query.vector, pictures, k=options.top)]
    return matches(query, pictures, k=options.top)


def _index_once(folder: Path, sight: Sight) -> PictureSet:
    steps = index_folder(folder, sight.look, model=sight.model, classes=sight.classes)
    with tqdm(desc="index", unit="picture", leave=False, disable=None) as bar:
        for step in steps:
            bar.total = step.total
            bar.set_postfix_str(step.note)
            bar.update(step.done - bar.n)
    return PictureSet.open(folder, model=sight.model)


def _wider(options: Namespace) -> WordTable | None:
    """The larger vocabulary in the bundled space, if one is asked for."""
    return align(open_vectors(options.vectors, options.limit)) if options.vectors else None


def _naming_text(facts: dict[str, Any]) -> str:
    answer = facts["answer"]
    said = f"{answer['word']} ({answer['sureness']:.0%} sure)" if facts["known"] else answer["word"]
    also = ", ".join(f"{other['word']} {other['sureness']:.0%}" for other in facts["also"])
    words = (f"{hit['word']} {hit['score']:.2f}{'' if hit['seen'] else ' (unseen)'}" for hit in facts["words"])
    wider = ", ".join(f"{near['word']} {near['score']:.2f}" for near in facts.get("vectors", []))
    lines = [f"{facts['file']}: {said}" + (f"; also {also}" if also else ""), f"    {', '.join(words)}"]
    return "\n".join(lines + [f"    other words: {wider}"] * bool(wider))


def _table_text(found: dict[str, Any]) -> str:
    rows = {name: _in_a_line(value) if isinstance(value, dict) else value for name, value in found.items()}
    return "\n".join(f"{name}: {value}" for name, value in rows.items())


def _in_a_line(figures: dict[str, float]) -> str:
    return "  ".join(f"{name} {figure}" for name, figure in figures.items())


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
