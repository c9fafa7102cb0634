"""What the commands need of an image model, so that embeddings need not know one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.results import Seen
from embeddings.words.table import data_sha256
from zoo.errors import IrisError


@dataclass(frozen=True)
class Sight:
    """A picture encoder and what is known of it."""

    model: str  # key and weights: vectors of different models never mix
    encode: Callable[[Path], np.ndarray]  # a unit vector; raises one of `unreadable`
    shares: Callable[[Path], np.ndarray]  # how much the picture shows of each class; raises the same
    look: Callable[[Sequence[Path | bytes]], Iterator[Seen | Exception]]  # what an index keeps; the same
    pictures_in: Callable[[Path], list[Path]]
    features: Callable[[Path], np.ndarray]  # what the classes are told from, (looks, F); raises the same
    classify: Callable[[np.ndarray], np.ndarray]  # the shares (N, C) of features (N, looks, F)
    classes: tuple[str, ...]  # synset ids of its training classes, in the order of the shares
    words_sha256: str  # of the noun vectors that it was trained to
    unreadable: tuple[type[Exception], ...]

    def __post_init__(self) -> None:
        if self.words_sha256 != data_sha256():
            raise IrisError(
                f"{self.model} was trained to other noun vectors ({self.words_sha256[:12]}) than the bundled ones "
                f"({data_sha256()[:12]}); take the matching pair or train it again"
            )
