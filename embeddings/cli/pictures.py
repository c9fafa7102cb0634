"""What the commands that look at pictures share."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from embeddings.external.align import align, open_vectors
from embeddings.external.table import WordTable
from embeddings.library.encoder import Sight
from zoo.errors import BadQuery


def each_picture(
    paths: list[Path], sight: Sight, look: Callable[[Path], np.ndarray]
) -> Iterator[tuple[Path, np.ndarray]]:
    """Each picture, folders opened, with what a look at it gives; a bad one is passed over and told at the end."""
    files = [file for path in paths for file in (sight.pictures_in(path) if path.is_dir() else [path])]
    failures = []
    for file in files:
        try:
            yield file, look(file)
        except sight.unreadable as error:
            failures.append(str(error))
    if failures:
        raise BadQuery("\n".join(failures))


def wider_words(options: Namespace) -> WordTable | None:
    """The larger vocabulary in the bundled space, if one is asked for."""
    return align(open_vectors(options.vectors, options.limit)) if options.vectors else None
