"""``python -m zoo train``, and the scores that need the trainers."""

import json
import logging
from argparse import REMAINDER, ArgumentParser, Namespace
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from zoo.command_line import write_line

TRAININGS = ("style", "artworks", "superres", "features", "devise", "concepts")


def train(options: Namespace) -> None:
    """Train a model by its script; NAME --help lists what that takes."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("zoo.train").setLevel(logging.INFO)
    import_module(f"zoo.train.{options.name}").main(options.arguments)


def score_backbones(options: Namespace) -> None:
    """Compare ImageNet networks that an encoder can start from: nouns hit before any training, and time."""
    scoring = import_module("zoo.train.backbone_scores")
    starts = {key: Path(file) for key, _, file in (start.partition("=") for start in options.start)}
    wnids = options.classes.read_text().split()
    scores = scoring.score_backbones(starts, options.photos, options.nouns, wnids)
    lines = [json.dumps([asdict(score) for score in scores])] if options.json else scoring.table(scores)
    for line in lines:
        write_line(line)


def add_train(made: ArgumentParser) -> None:
    """Add the arguments of `train`."""
    made.description = train.__doc__
    made.add_argument("name", choices=TRAININGS)
    made.add_argument("arguments", nargs=REMAINDER, metavar="...", help="what the script takes")
    made.set_defaults(run=train)
