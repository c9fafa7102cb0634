"""``python -m embeddings name``."""

import json
import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Collection
from pathlib import Path
from typing import Any

from embeddings.cli import image_encoder
from embeddings.cli.options import add_output, add_vectors
from embeddings.cli.pictures import each_picture, wider_words
from embeddings.cli.words import near_facts
from embeddings.library.encoder import ImageEncoder
from embeddings.naming.classifier import zero_shot_classifier
from embeddings.naming.config import CONFIDENCE
from embeddings.naming.facts import as_facts, worth_showing
from embeddings.wordnet.graph import load_nouns
from zoo.bulk.address import place
from zoo.bulk.buckets import content
from zoo.bulk.engine import add_engine, engine_map
from zoo.command_line import on_one_line, write_line
from zoo.errors import BadQuery

log = logging.getLogger(__name__)


def name_pictures(options: Namespace) -> None:
    """Say what pictures show, among all nouns or some."""
    encoder = image_encoder.load(options)
    candidates, without = _candidates(options, encoder), encoder.classes if options.unseen_only else ()
    wider = wider_words(options)
    classifier = zero_shot_classifier(encoder.classes)
    with engine_map(options, image_encoder.worker_setup(options)) as run:
        for path, probabilities in each_picture(options.pictures, encoder.class_probabilities, run):
            answer = classifier.answer(
                probabilities, confidence=options.sureness, candidates=candidates, without=without
            )
            if options.json:
                hits = classifier.rank(probabilities, k=options.top, candidates=candidates)
            else:  # the chances that the answer was chosen by, as on the page
                likeliest = classifier.alternatives(
                    probabilities, k=options.top, confidence=options.sureness, candidates=candidates, without=without
                )
                hits = worth_showing(likeliest)
            facts = as_facts(str(path), answer, hits, encoder.classes)
            if wider:
                facts["vectors"] = near_facts(wider, encoder.encode(content(path)), options.top)
            write_line(json.dumps(facts) if options.json else _naming_text(facts))


def _candidates(options: Namespace, encoder: ImageEncoder) -> Collection[str] | None:
    """Give the nouns to choose from, None for all."""
    if options.candidates is None and not options.unseen_only:
        return None
    nouns = load_nouns()
    chosen = set(nouns.ids)
    if options.candidates is not None:
        if not options.candidates.is_file():
            raise BadQuery(f"no file {options.candidates}; --candidates takes a file of synset ids, one a line")
        lines = options.candidates.read_text(encoding="utf-8", errors="replace").splitlines()
        chosen = {nouns.ids[nouns.row(line.strip())] for line in lines if line.strip()}
    return chosen.difference(encoder.classes) if options.unseen_only else chosen


def _naming_text(facts: dict[str, Any]) -> str:
    answer = facts["answer"]
    said = f"{answer['word']} ({answer['sureness']:.0%} sure)" if facts["known"] else answer["word"]
    if kind := facts["kind"]:
        said += f"; surely {kind['word']} ({kind['sureness']:.0%})"
    also = ", ".join(f"{other['word']} {other['sureness']:.0%}" for other in facts["also"])
    words = (f"{hit['word']} {hit['score']:.2f}{_unseen(hit, answer)}" for hit in facts["words"])
    wider = ", ".join(f"{near['word']} {near['score']:.2f}" for near in facts.get("vectors", []))
    lines = [f"{on_one_line(facts['file'])}: {said}" + (f"; also {also}" if also else ""), f"    {', '.join(words)}"]
    return "\n".join(lines + [f"    other words: {wider}"] * bool(wider))


def _unseen(hit: dict[str, Any], answer: dict[str, Any]) -> str:
    """Mark a noun without photos in the training; the answer may be above some that have."""
    return "" if hit["seen"] or hit["synset"] == answer["synset"] else " (unseen)"


def add_name(made: ArgumentParser) -> None:
    """Add the arguments of `name`."""
    made.description = name_pictures.__doc__
    made.add_argument(
        "pictures", nargs="+", type=place, metavar="PICTURE", help="pictures or folders, also s3://bucket/folder"
    )
    made.add_argument("--candidates", type=Path, metavar="FILE", help="synset ids, one a line, that limit the nouns")
    made.add_argument("--unseen-only", action="store_true", help="leave out the classes that the model was trained on")
    made.add_argument("--sureness", type=float, default=CONFIDENCE, metavar="0..1", help="default: %(default)s")
    add_vectors(made)
    add_output(made, 5)
    image_encoder.add_model(made)
    add_engine(made)
    made.set_defaults(run=name_pictures)
