"""What the body of the picture encoder finds in photos, looked up once: the crops in use, and random ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from zoo.encoder.crops import crop_square, squeeze_square
from zoo.encoder.encode import MIDDLE, open_reduced
from zoo.errors import BadInput
from zoo.files import written_beside
from zoo.nets import eight_bit
from zoo.nets.edge_encoder import INPUT_SIDE, EdgeFeatures
from zoo.nets.picture_encoder import PictureEncoder
from zoo.train.devise import augmentation
from zoo.train.photos import read_photo
from zoo.vision import transforms as v2
from zoo.weight_files import unpickle

SHORT_SIDE = 320  # of photos before they are cropped at random
RANGED = 160  # photos on which the ranges for 8 bits are measured
IN_USE = 3  # crops by which pictures are named, two of them, and found


@dataclass(frozen=True)
class Views:
    """What the body found in crops of photos (V, F), of which photo each is (V,), how often it is drawn (V,)."""

    features: Tensor
    photos: Tensor
    weights: Tensor
    ranges: list[eight_bit.Range]  # of the body's layers, none where it stays in floating point


def extract_views(
    network: PictureEncoder, photos: Mapping[Path, float], crops: int, ranges: list[eight_bit.Range] | None = None
) -> Views:
    """Extract the features of the crops in use and of some random ones of every photo; weights by photo.

    The ranges for 8 bits are measured where the network has none.
    """
    random = augmentation(INPUT_SIDE)
    files = list(photos)
    ranges = ranges or _ranges(network, files[:: max(1, len(files) // RANGED)])
    body = eight_bit.of_pixels(network.body, ranges)
    found = []
    for file in tqdm(files, unit="photo"):
        views = _crops_in_use(open_reduced(file))
        if crops:
            photo = read_photo(file, short_side=SHORT_SIDE)
            views += [random(photo) for _ in range(crops)]
        with torch.inference_mode():
            found.append(body(torch.stack(views).contiguous(memory_format=torch.channels_last)).half())
    numbers = torch.arange(len(files)).repeat_interleave(IN_USE + crops)
    return Views(torch.cat(found), numbers, torch.tensor(list(photos.values()))[numbers], ranges)


def kept_views(
    file: Path, network: PictureEncoder, photos: Mapping[Path, float], crops: int, ranges: list[eight_bit.Range]
) -> Views:
    """Read the views in a file, made the first time; BadInput where those are of other photos."""
    made_of = [f"{crops} crops", *(f"{weight:g} {photo}" for photo, weight in photos.items())]
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(file) as part:
            torch.save(vars(extract_views(network, photos, crops, ranges)) | {"made_of": made_of}, part)
    kept = cast(dict[str, Any], unpickle(file))
    if kept.pop("made_of", None) != made_of:
        raise BadInput(f"{file.parent} was begun with other photos; give those, or another folder with --run")
    return Views(**kept)


def _crops_in_use(picture: Image.Image) -> list[Tensor]:
    """Crop a picture as it is named and found. (3, 224, 224) uint8 each"""
    squares = (squeeze_square(picture), crop_square(picture, MIDDLE), crop_square(picture))
    return [torch.from_numpy(np.array(square)).permute(2, 0, 1) for square in squares]


def _ranges(network: PictureEncoder, files: Sequence[Path]) -> list[eight_bit.Range]:
    """Give what 8 bits need to know; nothing of a body that has no form in 8 bits."""
    if not isinstance(network.body, EdgeFeatures):
        return []
    middle = v2.Compose([v2.CenterCrop(INPUT_SIDE), v2.ToDtype(torch.float32, scale=True)])
    photos = (middle(read_photo(file, short_side=256))[None] for file in files)
    with torch.inference_mode():
        return eight_bit.ranges(network.body, (photo.to(memory_format=torch.channels_last) for photo in photos))
