"""What the commands that look at pictures share."""

import logging
from argparse import Namespace
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from embeddings.external.align import align, open_vectors
from embeddings.external.table import WordTable
from embeddings.library.encoder import Sight
from zoo.bulk.engine import Map
from zoo.errors import BadQuery
from zoo.files import READABLE
from zoo.listing import Listing

log = logging.getLogger(__name__)


def each_picture(
    paths: list[Path], sight: Sight, look: Callable[[Path], np.ndarray], run: Map = map
) -> Iterator[tuple[Path, np.ndarray]]:
    """Each picture, folders opened, with what a look at it gives; a bad one is passed over and told at the end."""
    files = [file for path in paths for file in (pictures_below(path) if path.is_dir() else [path])]
    failures = []
    for file, found in zip(files, run(partial(_found_or_error, look, sight.unreadable), files), strict=True):
        if isinstance(found, Exception):
            failures.append(str(found))
        else:
            yield file, found
    if failures:
        raise BadQuery("\n".join(failures))


def _found_or_error(
    look: Callable[[Path], np.ndarray], unreadable: tuple[type[Exception], ...], file: Path
) -> np.ndarray | Exception:
    try:
        return look(file)
    except unreadable as error:
        return error


def pictures_below(folder: Path) -> list[Path]:
    """List the pictures of a folder and of those below it, in order of name; BadQuery where there are none."""
    listing = Listing(folder)
    found = sorted(folder / file.name for file in listing)
    for name, reason in listing.unlisted.items():
        log.warning("%s cannot be opened (%s)", folder / name, reason)
    if not found:
        raise BadQuery(f"there is no picture in {folder}; their names end in {', '.join(READABLE)}")
    return found


def wider_words(options: Namespace) -> WordTable | None:
    """The larger vocabulary in the bundled space, if one is asked for."""
    return align(open_vectors(options.vectors, options.limit)) if options.vectors else None
