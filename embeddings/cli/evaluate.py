"""``python -m embeddings score``."""

import json
from argparse import Namespace
from typing import Any

from embeddings.cli.output import write_line
from embeddings.errors import BadQuery
from embeddings.evaluation.words import SCORES


def score(options: Namespace) -> None:
    """Measure the words, the nouns, or the naming of pictures, or ways to make words and nouns of a model."""
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
