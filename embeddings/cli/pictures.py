"""What the commands that look at pictures share."""

import logging
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from embeddings.external.align import align, open_vectors
from embeddings.external.table import WordTable
from zoo.bulk.address import Place
from zoo.bulk.buckets import content
from zoo.bulk.engine import Map
from zoo.bulk.folders import listing_of
from zoo.command_line import on_one_line
from zoo.errors import BadPicture, BadQuery
from zoo.files import READABLE
from zoo.listing import is_picture_name

log = logging.getLogger(__name__)

Look = Callable[[Path | bytes], np.ndarray]


def each_picture(paths: Sequence[Place], look: Look, run: Map = map) -> Iterator[tuple[Place, np.ndarray]]:
    """Each picture, folders opened, with what `look` gives of it; a bad one is passed over and told at the end."""
    files = [file for path in paths for file in (pictures_below(path) if _is_folder(path) else [path])]
    failures = []
    for file, found in zip(files, run(partial(_found_or_error, look), files), strict=True):
        if isinstance(found, BadPicture):
            failures.append(on_one_line(str(found)))
        else:
            yield file, found
    if failures:
        raise BadQuery("\n".join(failures))


def _is_folder(path: Place) -> bool:
    """Tell whether a path or address names a folder; what is in a store is one unless its name is a picture's."""
    return path.is_dir() if isinstance(path, Path) else not is_picture_name(path.name)


def _found_or_error(look: Look, file: Place) -> np.ndarray | BadPicture:
    try:
        return look(content(file))
    except BadPicture as error:
        return error if isinstance(file, Path) else BadPicture(f"{file}: {error}")
    except OSError as error:
        if isinstance(file, Path):
            raise
        return BadPicture(f"{file} cannot be read ({error})")


def pictures_below(folder: Place) -> list[Place]:
    """List the pictures of a folder and of those below it, in order of name; BadQuery where there are none."""
    listing = listing_of(folder)
    found = [folder / name for name in sorted(file.name for file in listing)]
    for name, reason in listing.unlisted.items():
        log.warning("%s cannot be opened (%s)", folder / name, reason)
    if not found:
        raise BadQuery(f"there is no picture in {folder}; their names end in {', '.join(READABLE)}")
    return found


def wider_words(options: Namespace) -> WordTable | None:
    """Give the larger vocabulary in the bundled space, if one is asked for."""
    return align(open_vectors(options.vectors, options.limit)) if options.vectors else None
