"""Pictures as unit vectors in word space, by the DeViSE network."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageCms
from torch import Tensor

from zoo.catalog import entry
from zoo.encoder.dhash import fingerprint
from zoo.errors import BadPicture, UnknownModel
from zoo.images.decode import open_picture
from zoo.images.tensors import alpha_of, to_picture, to_tensor
from zoo.loading import load
from zoo.nets import eight_bit
from zoo.nets.edge_encoder import INPUT_SIDE

MODEL = "devise.nouns"
SHORT_SIDE = 256  # pixels, of which the network looks at the middle, as in its training
CENTRE = INPUT_SIDE / SHORT_SIDE
MIDDLE = 2 / 3  # of the short side: a picture is named by this square and by the whole, squeezed into one
BATCH = 16


def encode(pictures: Sequence[Image.Image], *, key: str = MODEL, device: str = "cpu") -> np.ndarray:
    """Unit vectors (N, dimension), float32, of pictures of any size and mode: what is indexed and searched."""
    return _points_of([centre_square(picture) for picture in pictures], key, device)


def shares(pictures: Sequence[Image.Image], *, key: str = MODEL, device: str = "cpu") -> np.ndarray:
    """How much each picture shows of each of the `classes`: (N, C) float32, rows that sum to 1."""
    return classify(features(pictures, key=key, device=device), key=key)


def look_at_files(
    sources: Sequence[str | Path | bytes], *, key: str = MODEL, device: str = "cpu"
) -> Iterator[tuple[np.ndarray, int] | BadPicture]:
    """The unit vector and the fingerprint of each picture file, or why it cannot be read, in order.

    Batch by batch all cores decode, then the network takes them all; both at once would only be in each other's way.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(sources), BATCH):
            opened = list(pool.map(_looked_at, sources[start : start + BATCH]))
            readable = [each[0] for each in opened if not isinstance(each, BadPicture)]
            vectors = iter(_points_of(readable, key, device))
            yield from (each if isinstance(each, BadPicture) else (next(vectors), each[1]) for each in opened)


def open_coarse(source: str | Path | bytes) -> Image.Image:
    """A picture not much finer than the network looks at it: a large photo is decoded in a fraction of the time."""
    return open_picture(source, short_side=2 * SHORT_SIDE)  # at once of its size a vector would turn by up to 0.03


def points(shares: np.ndarray, *, key: str = MODEL) -> np.ndarray:
    """The unit vectors (N, dimension) of shares (N, C)."""
    with torch.inference_mode():
        return load(key).points(torch.from_numpy(shares)).numpy()


def classes(key: str = MODEL) -> tuple[str, ...]:
    """The synset ids of the concepts, which are the classes that the network was trained on.

    Raises UnknownModel for a model that names no pictures.
    """
    if entry(key).task != entry(MODEL).task:
        raise UnknownModel(f"{key} does not name pictures; {MODEL} does")
    return tuple(load(key).metadata["classes"].split(","))


def features(pictures: Sequence[Image.Image], *, key: str = MODEL, device: str = "cpu") -> np.ndarray:
    """What the network finds in the whole and in the middle of each picture: (N, 2, features) float32."""
    squares = [square for picture in pictures for square in (whole_square(picture), centre_square(picture, MIDDLE))]
    found = _features_of(squares, key, device)
    return found.reshape(len(pictures), 2, found.shape[1])


def classify(features: np.ndarray, *, key: str = MODEL) -> np.ndarray:
    """The shares (N, C) of features (N, looks, features): the mean of those of each look."""
    with torch.inference_mode():
        return load(key).concepts(torch.from_numpy(features)).softmax(2).mean(1).numpy()


def _points_of(squares: Sequence[Image.Image], key: str, device: str) -> np.ndarray:
    return points(classify(_features_of(squares, key, device)[:, None], key=key), key=key)


def _features_of(squares: Sequence[Image.Image], key: str, device: str) -> np.ndarray:
    body = _body(key, device)
    found = [np.zeros((0, load(key).body.width), np.float32)]
    for start in range(0, len(squares), BATCH):
        pixels = torch.from_numpy(np.stack([np.asarray(square) for square in squares[start : start + BATCH]]))
        with torch.inference_mode():  # (N, 3, 224, 224), channels last as they lie
            found.append(body(pixels.to(device).permute(0, 3, 1, 2)).cpu().numpy())
    return np.concatenate(found)


@cache
def _body(key: str, device: str) -> Callable[[Tensor], Tensor]:
    """The network's body, for pixels of 0..255: in 8 bits where that serves."""
    network = load(key, device)
    ranges = json.loads(network.metadata.get("ranges", "[]")) if device == "cpu" else []
    return eight_bit.of_pixels(network.body, ranges)


def _looked_at(source: str | Path | bytes) -> tuple[Image.Image, int] | BadPicture:
    try:
        picture = open_coarse(source)
    except BadPicture as error:
        return error
    return centre_square(picture), fingerprint(picture)


def stamp(key: str = MODEL) -> str:
    """Which weights make the vectors: vectors of different stamps are not to be compared."""
    return f"{key}@{entry(key).sha256[:12]}"


def words_sha256(key: str = MODEL) -> str:
    """The hash of the noun vectors that the network was trained to hit."""
    return load(key).metadata["words_sha256"]


def centre_square(picture: Image.Image, part: float = CENTRE) -> Image.Image:
    """The middle square of a picture, in sRGB on white, 224 x 224 RGB; its side is part of the picture's short side."""
    side = max(1.0, part * min(picture.size))
    left, top = ((length - side) / 2 for length in picture.size)
    return _seen(picture, (left, top, left + side, top + side))


def whole_square(picture: Image.Image) -> Image.Image:
    """The whole picture squeezed into a square, in sRGB on white, 224 x 224 RGB."""
    return _seen(picture, (0, 0, *picture.size))


def _seen(picture: Image.Image, box: tuple[float, float, float, float]) -> Image.Image:
    shape = (INPUT_SIDE, INPUT_SIDE)
    rgb = to_picture(to_tensor(picture)) if picture.mode == "I;16" else picture.convert("RGB")
    square = rgb.resize(shape, Image.Resampling.BICUBIC, box=box, reducing_gap=2.0)
    alpha = alpha_of(picture)
    if alpha is not None:
        white = Image.new("RGB", shape, "white")
        square = Image.composite(square, white, alpha.resize(shape, Image.Resampling.BICUBIC, box=box))
    return _srgb(square, picture.info.get("icc_profile"))


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture's colours in sRGB; unchanged where the profile is absent, not for RGB, or damaged."""
    if not profile:
        return picture
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return picture
