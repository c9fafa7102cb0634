"""Photos in folders named by their class, a synset id or a word, and the nouns that count as right for each."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

import numpy as np
from tqdm import tqdm

from embeddings.library.encoder import ImageEncoder
from embeddings.wordnet.graph import Nouns, load_nouns
from zoo.listing import Listing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Photos:
    """Photos whose class is known: what the network finds in each, and the rows of the nouns that name it rightly."""

    features: np.ndarray  # (N, crops, F)
    right: tuple[tuple[int, ...], ...]  # (N) rows of nouns

    def __len__(self) -> int:
        return len(self.right)

    def part(self, chosen: np.ndarray) -> "Photos":
        """Give some of the photos, by a mask."""
        return Photos(self.features[chosen], tuple(one for one, keep in zip(self.right, chosen, strict=True) if keep))


def read_photos(folders: Sequence[Path], encoder: ImageEncoder, limit: int) -> Photos:
    """At most `limit` photos of every class below some folders; a class whose name is no noun is left out and told."""
    nouns = load_nouns()
    found = list(_of_classes(folders, nouns, limit))
    features = [encoder.features(photo) for photo, _ in tqdm(found, unit="photo", leave=False, disable=None)]
    return Photos(np.array(features, np.float32), tuple(rows for _, rows in found))


def rows_of_class(name: str, nouns: Nouns) -> tuple[int, ...]:
    """Give the rows of the nouns that a class's name may mean: the synset of an id, every sense of a word."""
    ids = [name] if name in nouns else nouns.synsets(name.replace("_", " "))
    return tuple(nouns.row(id) for id in ids)


def _of_classes(folders: Sequence[Path], nouns: Nouns, limit: int) -> Iterator[tuple[Path, tuple[int, ...]]]:
    left_out = []
    listed = {root / file.name for root in folders for file in Listing(root) if "/" in file.name}
    by_folder = groupby(sorted(listed, key=lambda photo: (photo.parent, photo)), key=lambda photo: photo.parent)
    for folder, photos in by_folder:
        rows = rows_of_class(folder.name, nouns)
        if rows:
            yield from ((photo, rows) for photo in islice(photos, limit))
        else:
            left_out.append(folder.name)
    if left_out:
        log.warning("left out, for their names are no nouns: %s", ", ".join(left_out))
