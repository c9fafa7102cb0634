"""``python -m embeddings index``."""

import logging
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from embeddings.cli.image_encoder import add_model
from embeddings.library.collection import PictureSet
from embeddings.library.encoder import Sight
from embeddings.library.indexing import index_folder
from zoo.command_line import write_line
from zoo.progress import with_bar

log = logging.getLogger(__name__)

WATCH_SECONDS = 2.0


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
            write_line(f"{counted}; self-check: {pictures.index.recall():.1%} of the nearest found")
        if not options.watch:
            return
        time.sleep(WATCH_SECONDS)


def _index_once(folder: Path, sight: Sight) -> PictureSet:
    steps = index_folder(folder, sight.look, model=sight.model, classes=sight.classes)
    for _ in with_bar(steps, "index", "picture"):
        pass
    return PictureSet.open(folder, model=sight.model)


def add_index(made: ArgumentParser) -> None:
    """Add the arguments of `index`."""
    made.description = index_pictures.__doc__
    made.add_argument("folder", type=Path, metavar="DIR|ZIP")
    made.add_argument("--watch", action="store_true", help="go on, and follow what changes in the folder")
    add_model(made)
    made.set_defaults(run=index_pictures)
