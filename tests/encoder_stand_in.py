"""An image model that reads what a picture shows out of its file, and commands run with it."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from embeddings import __main__ as command_line
from embeddings.library.encoder import ImageEncoder
from embeddings.results import EncodedPicture
from embeddings.wordnet.graph import load_nouns
from embeddings.words.table import data_sha256, load_noun_vectors
from zoo.errors import BadPicture

PUG, CRANE_BIRD = "n02110958", "n02012849"


def see(path: Path | bytes) -> np.ndarray:
    """The vector of the noun whose id the file holds."""
    text = path.decode() if isinstance(path, bytes) else path.read_text() if path.is_file() else "no file"
    if text not in load_nouns():
        raise BadPicture(f"{path} is no picture")
    return load_noun_vectors()[load_nouns().row(text)]


CLASSES = (PUG, CRANE_BIRD, *("n02096585", "n03126707", "n02814860"))  # a bulldog, the other crane, a beacon


def class_probabilities(path: Path | bytes) -> np.ndarray:
    """All of what the picture shows is the class of its noun, or an even mixture where that is no class."""
    see(path)
    assert isinstance(path, Path)
    own = np.array([path.read_text() == id for id in CLASSES], np.float32)
    return own if own.any() else np.full(len(CLASSES), 1 / len(CLASSES), np.float32)


def encode_files(sources: Sequence[Path | bytes]) -> Iterator[EncodedPicture | BadPicture]:
    for number, source in enumerate(sources):
        try:
            yield EncodedPicture(see(source), number)
        except BadPicture as error:
            yield error


def stand_in(options: Namespace) -> ImageEncoder:
    return ImageEncoder(
        model=options.model, classes=CLASSES, words_sha256=data_sha256(), encode=see, encode_files=encode_files,
        class_probabilities=class_probabilities, features=class_probabilities, classify=lambda features: features,
    )  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = command_line.main([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err
