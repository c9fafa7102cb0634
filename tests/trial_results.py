"""What a trial of several engines or machines left behind, to be compared."""

import hashlib
from pathlib import Path

import numpy as np

from embeddings.library.collection import PictureSet


def vectors_of(folder: Path, where: Path) -> tuple[list[str], np.ndarray]:
    """Give the names and vectors of a folder's index, which lies in `where`."""
    pictures = PictureSet.open(folder, where=where)
    ids = pictures.store.ids()
    return list(ids), pictures.index.vectors(list(ids.values()))


def hashes_of(folder: Path) -> dict[str, str]:
    """Give the hash of each finished file of a folder by its name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("[!.]*")}
