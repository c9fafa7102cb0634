"""``python -m embeddings index`` and ``forget``."""

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Collection
from contextlib import nullcontext
from pathlib import Path

from embeddings.cli.image_encoder import add_model, worker_setup
from embeddings.library.archive import is_archive
from embeddings.library.collection import PictureSet, existing, forget, indexed_folders
from embeddings.library.encoder import Sight
from embeddings.library.indexing import index_folder
from embeddings.library.watching import Watch
from zoo.bulk.engine import Map, add_engine, engine_map
from zoo.command_line import write_line
from zoo.errors import BadInput
from zoo.progress import run_to_end, with_bar

log = logging.getLogger(__name__)


def index_pictures(options: Namespace) -> None:
    """Index a folder or a zip: what is new, changed or gone since the last time."""
    sight = options.sight(options)
    if options.engine != "local" and is_archive(options.folder):
        raise BadInput(f"{options.folder} is a zip, which is read on this machine; leave --engine out")
    with (
        engine_map(options, worker_setup(options)) as run,
        Watch(existing(options.folder)) if options.watch else nullcontext(()) as changes,
    ):
        told = _tell(_index_once(options, sight, run), self_check=True)
        for names in changes:
            pictures = _index_once(options, sight, run, names)
            if _state(pictures) != told:
                told = _tell(pictures)
            pictures.store.close()


def forget_folders(options: Namespace) -> None:
    """Delete the index of folders or zips, which stay as they are."""
    missing = [folder for folder in indexed_folders() if not folder.exists()] if options.missing else []
    if not options.folders and not options.missing:
        known = "\n".join(f"    {folder}" for folder in indexed_folders())
        raise BadInput(f"name the folders to forget, or give --missing; indexed are:\n{known or '    none'}")
    for folder in [*options.folders, *missing]:
        forget(folder)
        write_line(f"forgotten: {folder}")


def _index_once(options: Namespace, sight: Sight, run: Map, names: Collection[str] | None = None) -> PictureSet:
    steps = index_folder(
        options.folder, sight.look, model=sight.model, classes=sight.classes, names=names,
        max_pictures=options.max_pictures, run=run,
    )  # fmt: skip
    return run_to_end(with_bar(steps, "index", "picture"))


def _tell(pictures: PictureSet, *, self_check: bool = False) -> tuple[object, ...]:
    """Say what is indexed; gives what differs once there is something else to say."""
    for name, reason in pictures.unreadable.items():
        log.warning("%s", reason if name in reason else f"{name}: {reason}")
    found = f"; self-check: {pictures.index.recall():.1%} of the nearest found" if self_check else ""
    write_line(f"{len(pictures)} pictures indexed, {len(pictures.unreadable)} unreadable in {pictures.folder}{found}")
    return _state(pictures)


def _state(pictures: PictureSet) -> tuple[object, ...]:
    return pictures.store.last_id(), len(pictures), pictures.unreadable


def add_index(made: ArgumentParser) -> None:
    """Add the arguments of `index`."""
    made.description = index_pictures.__doc__
    made.add_argument("folder", type=Path, metavar="DIR|ZIP")
    made.add_argument("--watch", action="store_true", help="go on, and follow what changes in the folder")
    made.add_argument("--max-pictures", type=int, metavar="N", help="refuse a folder of more; default: no limit")
    add_model(made)
    add_engine(made)
    made.set_defaults(run=index_pictures)


def add_forget(made: ArgumentParser) -> None:
    """Add the arguments of `forget`."""
    made.description = forget_folders.__doc__
    made.add_argument("folders", type=Path, nargs="*", metavar="DIR|ZIP")
    made.add_argument("--missing", action="store_true", help="all that were moved or deleted since they were indexed")
    made.set_defaults(run=forget_folders)
