"""Records of pictures that do not exist, to fill a library or a table of any size with."""

import numpy as np

from embeddings.library.records import FileRecord
from embeddings.results import EncodedPicture
from embeddings.words.linalg import unit
from embeddings.words.table import bundled_dimension
from zoo.listing import ListedFile


def made_records(first: int, count: int) -> list[FileRecord]:
    """Make records of pictures that do not exist; their vectors are three directions of 1,000 with falling weight."""
    random = np.random.default_rng(first)
    directions = _directions()
    drawn = [weight * directions[random.integers(len(directions), size=count)] for weight in (1, 0.5, 0.25)]
    vectors = np.sum(drawn, axis=0)
    vectors = unit(vectors + 0.05 * random.standard_normal(vectors.shape, dtype=np.float32)).astype(np.float32)
    return [
        FileRecord(
            ListedFile(f"{number % 40 + 1980}/photo-{number:07}.jpg", 10_000 + number, number), random.bytes(32),
            EncodedPicture(vector, int(random.integers(2**63))),
        )
        for number, vector in enumerate(vectors, start=first)
    ]  # fmt: skip


def _directions() -> np.ndarray:
    return unit(np.random.default_rng(0).standard_normal((1000, bundled_dimension()), dtype=np.float32))
