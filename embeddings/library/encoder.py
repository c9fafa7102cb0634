"""What the commands need of an image model, so that embeddings need not know one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.results import EncodedPicture
from embeddings.words.table import data_sha256
from zoo.errors import BadPicture, IrisError


@dataclass(frozen=True, kw_only=True)
class ImageEncoder:
    """A picture encoder and what is known of it; for a file that is no picture each function raises BadPicture."""

    model: str  # key and weights: vectors of different models never mix
    classes: tuple[str, ...]  # synset ids of its training classes
    words_sha256: str  # of the noun vectors that it was trained to
    encode: Callable[[Path | bytes], np.ndarray]  # a unit vector (D,)
    encode_files: Callable[
        [Sequence[Path | bytes]], Iterator[EncodedPicture | BadPicture]
    ]  # what an index keeps of each
    class_probabilities: Callable[[Path | bytes], np.ndarray]  # (C,)
    features: Callable[[Path], np.ndarray]  # what the classes are told from, (crops, F)
    classify: Callable[[np.ndarray], np.ndarray]  # features (N, crops, F) to class probabilities (N, C)

    def __post_init__(self) -> None:
        if self.words_sha256 != data_sha256():
            raise IrisError(
                f"{self.model} was trained to other noun vectors ({self.words_sha256[:12]}) than the bundled ones "
                f"({data_sha256()[:12]}); take the matching pair or train it again"
            )
