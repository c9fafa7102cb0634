"""``python -m embeddings score``."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from embeddings.cli import image_encoder
from embeddings.evaluation.answers import LABELS, score_answers
from embeddings.evaluation.calibration import drawing
from embeddings.evaluation.finding import score_finding
from embeddings.evaluation.labelled_photos import read_photos
from embeddings.evaluation.words import WORD_SETS, score_nouns, score_words
from embeddings.evaluation.zeroshot import score_zeroshot
from embeddings.words.table import ANCESTOR_DECAY
from zoo.command_line import write_line
from zoo.errors import BadQuery

SCORES = ("answers", "finding", "nouns", "words", "zeroshot")
LABELLED = "the photos that --labels names"


def score(options: Namespace) -> None:
    """Measure words, nouns, the naming or the finding of pictures, or ways to make nouns of a model's words."""
    found = _compare(options) if options.compare else _score(options)
    write_line(json.dumps(found) if options.json else _table_text(found))


def _score(options: Namespace) -> dict[str, Any]:
    if options.what == "nouns":
        return score_nouns(_folder(options, "names of classes") if options.data else None, decay=options.decay)
    if options.what == "words":
        return score_words(_folder(options, WORD_SETS))
    if options.what == "finding":
        return score_finding(_folder(options, LABELLED), options.labels, image_encoder.load(options))
    draw = drawing(options.figures)
    if options.what == "answers":
        return score_answers(_folder(options, LABELLED), options.labels, image_encoder.load(options), draw=draw)
    folders, encoder = _folders(options, "photos in folders named by synset id or noun"), image_encoder.load(options)
    training = read_photos(options.train, encoder, options.limit) if options.train else None
    photos = read_photos(folders, encoder, options.limit)
    return score_zeroshot(photos, encoder, training=training, hold_out=options.hold_out, draw=draw)


def _compare(options: Namespace) -> dict[str, Any]:
    from embeddings.evaluation.compare import compare_nouns  # needs gensim, which is slow to import

    if options.what != "nouns":
        raise BadQuery(f"--compare is for nouns, not for {options.what}; leave it out")
    return compare_nouns(_folder(options, "names of classes"), options.compare)


def _folders(options: Namespace, what: str) -> list[Path]:
    """Give the folders of --data, which must be there."""
    if not options.data or not all(folder.is_dir() for folder in options.data):
        raise BadQuery(f"score {options.what} needs --data DIR with {what}")
    return options.data


def _folder(options: Namespace, what: str) -> Path:
    """Give the one folder of --data."""
    first, *more = _folders(options, what)
    if more:
        raise BadQuery(f"score {options.what} takes one --data DIR, not {1 + len(more)}")
    return first


def _table_text(found: dict[str, Any]) -> str:
    rows = {name: _in_a_line(value) if isinstance(value, dict) else value for name, value in found.items()}
    return "\n".join(f"{name}: {value}" for name, value in rows.items())


def _in_a_line(figures: dict[str, float]) -> str:
    return "  ".join(f"{name} {figure}" for name, figure in figures.items())


def add_score(made: ArgumentParser) -> None:
    """Add the arguments of `score`."""
    made.description = score.__doc__
    made.add_argument("what", choices=SCORES)
    made.add_argument("--data", type=Path, nargs="+", metavar="DIR", help="public sets, or photos in folders by class")
    made.add_argument(
        "--train", type=Path, nargs="+", default=[], metavar="DIR", help="zeroshot: photos to fit ways on"
    )
    made.add_argument("--hold-out", type=int, default=0, metavar="N", help="zeroshot: so many classes count as unseen")
    made.add_argument(
        "--labels", type=Path, default=LABELS, metavar="FILE", help="answers, finding: what the photos show"
    )
    made.add_argument(
        "--figures", type=Path, metavar="DIR", help="answers, zeroshot: draw how sure and how right answers are"
    )
    made.add_argument("--limit", type=int, default=50, metavar="N", help="photos a class, default: %(default)s")
    made.add_argument("--decay", type=float, default=ANCESTOR_DECAY, metavar="X", help="default: %(default)s")
    made.add_argument("--compare", type=Path, metavar="MODEL", help="nouns: ways to make them of this model")
    made.add_argument("--json", action="store_true")
    image_encoder.add_model(made)
    made.set_defaults(run=score)
