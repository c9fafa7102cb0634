"""``python -m embeddings score``."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

from embeddings.cli.image_encoder import add_model
from embeddings.evaluation.answers import LABELS, score_answers
from embeddings.evaluation.finding import score_finding
from embeddings.evaluation.words import score_nouns, score_words
from embeddings.evaluation.zeroshot import score_zeroshot
from embeddings.words.table import ANCESTOR_DECAY
from zoo.command_line import write_line
from zoo.errors import BadQuery

SCORES: dict[str, Callable[[Namespace], dict[str, Any]]] = {
    "answers": score_answers,
    "finding": score_finding,
    "nouns": score_nouns,
    "words": score_words,
    "zeroshot": score_zeroshot,
}


def score(options: Namespace) -> None:
    """Measure words, nouns, the naming or the finding of pictures, or ways to make words and nouns of a model."""
    scores = SCORES
    if options.compare:
        from embeddings.evaluation.compare import COMPARED as scores  # needs gensim, which is slow to import
    if options.what not in scores:
        raise BadQuery(f"--compare knows {' and '.join(scores)}, not {options.what}")
    found = scores[options.what](options)
    write_line(json.dumps(found) if options.json else _table_text(found))


def _table_text(found: dict[str, Any]) -> str:
    rows = {name: _in_a_line(value) if isinstance(value, dict) else value for name, value in found.items()}
    return "\n".join(f"{name}: {value}" for name, value in rows.items())


def _in_a_line(figures: dict[str, float]) -> str:
    return "  ".join(f"{name} {figure}" for name, figure in figures.items())


def add_score(made: ArgumentParser) -> None:
    """Add the arguments of `score`."""
    made.description = score.__doc__
    made.add_argument("what", choices=sorted(SCORES))
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
    made.add_argument("--compare", type=Path, metavar="MODEL", help="words, nouns: ways to make them of this model")
    made.add_argument("--json", action="store_true")
    add_model(made)
    made.set_defaults(run=score)
