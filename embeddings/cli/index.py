"""``python -m embeddings index``."""

import logging
import time
from argparse import Namespace
from pathlib import Path

from tqdm import tqdm

from embeddings.cli.output import write_line
from embeddings.library.collection import PictureSet
from embeddings.library.encoder import Sight
from embeddings.library.indexing import index_folder

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
    with tqdm(desc="index", unit="picture", leave=False, disable=None) as bar:
        for step in steps:
            bar.total = step.total
            bar.set_postfix_str(step.note)
            bar.update(step.done - bar.n)
    return PictureSet.open(folder, model=sight.model)
