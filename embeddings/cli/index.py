"""``python -m embeddings index`` and ``forget``."""

import logging
from argparse import ArgumentParser, Namespace
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from pathlib import Path

from embeddings.cli import image_encoder
from embeddings.library.archive import is_archive
from embeddings.library.collection import PictureSet, about, forget, indexed_folders
from embeddings.library.encoder import ImageEncoder
from embeddings.library.indexing import index_folder
from embeddings.library.picture_table import PictureTable
from embeddings.library.source import existing
from embeddings.library.table_indexing import index_into
from embeddings.library.watching import Watch
from zoo.bulk.address import Address, resolved
from zoo.bulk.engine import Map, add_engine, engine_map
from zoo.command_line import on_one_line, write_line
from zoo.errors import BadInput
from zoo.progress import run_to_end, with_bar

log = logging.getLogger(__name__)


def index_pictures(options: Namespace) -> None:
    """Index a folder or a zip: what is new, changed or gone since the last time."""
    folder = existing(options.folder)
    if options.watch and options.into is not None:
        raise BadInput("--watch follows a folder for the library of this machine; leave --into out")
    if options.watch and isinstance(folder, Address):
        raise BadInput(f"{folder} is a bucket, which tells of no changes; leave --watch out, and index it again")
    if options.engine != "local" and isinstance(folder, Path) and is_archive(folder):
        raise BadInput(f"{options.folder} is a zip, which is read on this machine; leave --engine out")
    encoder = image_encoder.load(options)
    if options.into is not None:
        _index_into(options, encoder)
        return
    with (
        engine_map(options, image_encoder.worker_setup(options)) as run,
        Watch(folder) if options.watch and isinstance(folder, Path) else nullcontext(()) as changes,
    ):
        told = _tell(_index_once(options, encoder, run), self_check=True)
        for names in changes:
            pictures = _index_once(options, encoder, run, names)
            if _state(pictures) != told:
                told = _tell(pictures)
            pictures.store.close()


def forget_folders(options: Namespace) -> None:
    """Delete the index of folders or zips, which stay as they are."""
    known_paths = (folder for folder in indexed_folders() if isinstance(folder, Path))
    missing = [folder for folder in known_paths if not folder.exists()] if options.missing else []
    if not options.folders and not options.missing:
        known = "\n".join(f"    {folder}" for folder in indexed_folders())
        raise BadInput(f"name the folders to forget, or give --missing; indexed are:\n{known or '    none'}")
    for folder in [*options.folders, *missing]:
        forget(folder)
        write_line(f"forgotten: {folder}")


def _index_into(options: Namespace, encoder: ImageEncoder) -> None:
    """Index into a table, which other programs may write to meanwhile."""
    with engine_map(options, image_encoder.worker_setup(options)) as run:
        table = PictureTable.open_or_create(about(resolved(options.into), encoder.model, encoder.classes))
        steps = index_into(table, options.folder, encoder.encode_files, max_pictures=options.max_pictures, run=run)
        pictures = run_to_end(with_bar(steps, "index", "picture"))
    _tell_unreadable(pictures.unreadable)
    write_line(
        f"{len(pictures)} pictures of {pictures.source.path} indexed, {len(pictures.unreadable)} unreadable; "
        f"{len(pictures.table)} in {pictures.table.place}"
    )


def _index_once(
    options: Namespace, encoder: ImageEncoder, run: Map, names: Collection[str] | None = None
) -> PictureSet:
    steps = index_folder(
        options.folder, encoder.encode_files, model=encoder.model, classes=encoder.classes, names=names,
        max_pictures=options.max_pictures, run=run,
    )  # fmt: skip
    return run_to_end(with_bar(steps, "index", "picture"))


def _tell(pictures: PictureSet, *, self_check: bool = False) -> tuple[object, ...]:
    """Say what is indexed; gives what differs once there is something else to say."""
    _tell_unreadable(pictures.unreadable)
    found = f"; self-check: {pictures.index.recall():.1%} of the nearest found" if self_check else ""
    write_line(f"{len(pictures)} pictures indexed, {len(pictures.unreadable)} unreadable in {pictures.folder}{found}")
    return _state(pictures)


def _tell_unreadable(reasons: Mapping[str, str]) -> None:
    for name, reason in reasons.items():
        log.warning("%s", on_one_line(reason if name in reason else f"{name}: {reason}"))


def _state(pictures: PictureSet) -> tuple[object, ...]:
    return pictures.store.last_id(), len(pictures), pictures.unreadable


def add_index(made: ArgumentParser) -> None:
    """Add the arguments of `index`."""
    made.description = index_pictures.__doc__
    made.add_argument("folder", metavar="DIR|ZIP|s3://BUCKET/DIR")
    made.add_argument("--into", metavar="DIR|s3://BUCKET/DIR", help="a LanceDB table that many write to and search")
    made.add_argument("--watch", action="store_true", help="go on, and follow what changes in the folder")
    made.add_argument("--max-pictures", type=int, metavar="N", help="refuse a folder of more; default: no limit")
    image_encoder.add_model(made)
    add_engine(made)
    made.set_defaults(run=index_pictures)


def add_forget(made: ArgumentParser) -> None:
    """Add the arguments of `forget`."""
    made.description = forget_folders.__doc__
    made.add_argument("folders", nargs="*", metavar="DIR|ZIP|s3://BUCKET/DIR")
    made.add_argument("--missing", action="store_true", help="all that were moved or deleted since they were indexed")
    made.set_defaults(run=forget_folders)
