"""Pictures to class probabilities and unit vectors in word space, by the DeViSE network."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from zoo.catalog import entry
from zoo.command_line import Precision
from zoo.encoder.crops import SHORT_SIDE, crop_square, squeeze_square
from zoo.encoder.dhash import dhash
from zoo.errors import BadPicture, IrisError, UnknownModel
from zoo.images.decode import open_picture
from zoo.loading import load_encoder
from zoo.nets import eight_bit
from zoo.precision import autocast, precision_in_use
from zoo.threads import one_thread

MODEL = "devise.nouns"
MIDDLE = 2 / 3  # of the short side: a picture is named by this square and by the whole, squeezed into one
BATCH_SIZE = 16
LEAST_SIDE = 8  # pixels; in less nobody sees what is there
FEW = 2  # squares, those of one picture, which one thread takes: beside busy processes in a twentieth of two's time


def encode(pictures: Sequence[Image.Image], *, key: str = MODEL, device: str = "cpu") -> np.ndarray:
    """Encode pictures of any size and mode as unit vectors (N, dimension), float32: what is indexed and searched."""
    return _vectors_of([crop_square(picture) for picture in pictures], key, device)


def class_probabilities(pictures: Sequence[Image.Image], *, key: str = MODEL, device: str = "cpu") -> np.ndarray:
    """Classify pictures: the probability of each of the `classes`, (N, C) float32, rows that sum to 1.

    Of a picture too small to show anything they are all 0.
    """
    found = classify(extract_features(pictures, key=key, device=device), key=key)
    found[[min(picture.size) < LEAST_SIDE for picture in pictures]] = 0
    return found


def encode_and_classify(
    pictures: Sequence[Image.Image], *, key: str = MODEL, device: str = "cpu"
) -> tuple[np.ndarray, np.ndarray]:
    """Give what `encode` and `class_probabilities` give, in one call for the worker that does it."""
    return encode(pictures, key=key, device=device), class_probabilities(pictures, key=key, device=device)


def encode_files(
    sources: Sequence[str | Path | bytes], *, key: str = MODEL, device: str = "cpu"
) -> Iterator[tuple[np.ndarray, int] | BadPicture]:
    """Encode picture files in order: the unit vector and difference hash of each, or why it cannot be read.

    Batch by batch all cores decode, then the network takes them all; both at once would only be in each other's way.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(sources), BATCH_SIZE):
            opened = list(pool.map(_read_square, sources[start : start + BATCH_SIZE]))
            readable = [each[0] for each in opened if not isinstance(each, BadPicture)]
            vectors = iter(_vectors_of(readable, key, device))
            yield from (each if isinstance(each, BadPicture) else (next(vectors), each[1]) for each in opened)


def open_reduced(source: str | Path | bytes) -> Image.Image:
    """Read a picture at little more than the network's resolution: a large JPEG in a fraction of the time."""
    return open_picture(source, short_side=2 * SHORT_SIDE)  # at once of its size a vector would turn by up to 0.03


def embed(class_probabilities: np.ndarray, *, key: str = MODEL) -> np.ndarray:
    """Map class probabilities (N, C) to unit vectors (N, dimension)."""
    with torch.inference_mode():
        return load_encoder(key).embed(torch.from_numpy(class_probabilities)).numpy()


def classes(key: str = MODEL) -> tuple[str, ...]:
    """Give the synset ids of the classes that the network was trained on.

    Raises UnknownModel for a model that names no pictures.
    """
    if entry(key).task != entry(MODEL).task:
        raise UnknownModel(f"{key} does not name pictures; {MODEL} does")
    return tuple(load_encoder(key).metadata["classes"].split(","))


def extract_features(pictures: Sequence[Image.Image], *, key: str = MODEL, device: str = "cpu") -> np.ndarray:
    """Extract the features of the whole and of the middle of each picture: (N, 2, features) float32."""
    squares = [square for picture in pictures for square in (squeeze_square(picture), crop_square(picture, MIDDLE))]
    found = _features_of(squares, key, device)
    return found.reshape(len(pictures), 2, found.shape[1])


def classify(features: np.ndarray, *, key: str = MODEL) -> np.ndarray:
    """Classify features (N, crops, features): class probabilities (N, C), the mean over the crops."""
    with torch.inference_mode():
        return load_encoder(key).concepts(torch.from_numpy(features)).softmax(2).mean(1).numpy()


def _vectors_of(squares: Sequence[Image.Image], key: str, device: str) -> np.ndarray:
    return embed(classify(_features_of(squares, key, device)[:, None], key=key), key=key)


def _features_of(squares: Sequence[Image.Image], key: str, device: str) -> np.ndarray:
    body = _body(key, device, precision_in_use())
    found = [np.zeros((0, load_encoder(key).body.width), np.float32)]
    for start in range(0, len(squares), BATCH_SIZE):
        pixels = torch.from_numpy(np.stack([np.asarray(square) for square in squares[start : start + BATCH_SIZE]]))
        threads = one_thread("torch") if len(pixels) <= FEW else nullcontext()
        with threads, torch.inference_mode(), autocast(device):  # (N, 3, 224, 224), channels last as they lie
            found.append(body(pixels.to(device).permute(0, 3, 1, 2)).float().cpu().numpy())
    return np.concatenate(found)


@cache
def _body(key: str, device: str, precision: Precision) -> Callable[[Tensor], Tensor]:
    """Give the network's body for pixels of 0..255: in 8 bits where that serves and no other precision is forced."""
    network = load_encoder(key, device)
    is_free = device == "cpu" and precision == "auto"
    ranges = json.loads(network.metadata.get("ranges", "[]")) if is_free else []
    return eight_bit.of_pixels(network.body, ranges)


def _read_square(source: str | Path | bytes) -> tuple[Image.Image, int] | BadPicture:
    try:
        picture = open_reduced(source)
    except BadPicture as error:
        return error
    return crop_square(picture), dhash(picture)


def is_eight_bit(key: str = MODEL, device: str = "cpu") -> bool:
    """Tell whether pictures are encoded in 8 bits here."""
    return isinstance(_body(key, device, precision_in_use()), eight_bit.EightBitFeatures)


def check_eight_bit(key: str = MODEL, device: str = "cpu") -> None:
    """Raise IrisError on a machine that cannot encode in 8 bits, as another does for which it works."""
    if not is_eight_bit(key, device):
        raise IrisError("a worker's processor cannot encode in 8 bits as this one does; give --precision float32")


def model_version(key: str = MODEL) -> str:
    """Name the weights that make the vectors: those of different versions are not to be compared."""
    return f"{key}@{entry(key).sha256[:12]}"


def words_sha256(key: str = MODEL) -> str:
    """Give the hash of the noun vectors that the network was trained to hit."""
    return load_encoder(key).metadata["words_sha256"]
