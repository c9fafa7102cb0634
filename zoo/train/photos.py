"""Training photos: found in folders, decoded once into memory, cropped at random."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
import torch.nn.functional as F
from PIL import Image, ImageOps
from torch import Tensor

from zoo.errors import BadInput
from zoo.files import READABLE
from zoo.vision import pil_to_tensor

START_METHOD = "spawn"  # of workers: a fork has the locks that other threads held, and may wait for them for ever


def photo_files(folders: Sequence[Path]) -> list[Path]:
    """List all pictures below the folders, sorted; raises BadInput for a folder that is not there or has none."""
    found: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise BadInput(f"there is no folder {folder}; name one with photos in it")
        files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in READABLE)
        if not files:
            raise BadInput(f"there is no picture below {folder}; their names end in {', '.join(READABLE)}")
        found += files
    return found


def drawn(groups: Iterable[tuple[Sequence[Path], float]], most: int, seed: int) -> dict[Path, float]:
    """Draw at most so many photos of each group, and give how often each is to be drawn: a group by its weight."""
    found = {}
    for files, weight in groups:
        some = torch.randperm(len(files), generator=torch.Generator().manual_seed(seed))[:most]
        found |= {files[number]: weight / len(some) for number in sorted(some.tolist())}
    return found


def read_photo(
    path: Path, *, halve: bool = False, short_side: int | None = None, longest_side: int | None = None
) -> Tensor:
    """Read a photo as uint8 (3, H, W); halving hides JPEG noise, a side given shrinks or enlarges to so many pixels."""
    with Image.open(path) as file:
        picture = ImageOps.exif_transpose(file).convert("RGB")
    if halve:
        picture = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)
    if short_side and min(picture.size) != short_side:
        scale = short_side / min(picture.size)
        size = (max(short_side, round(picture.width * scale)), max(short_side, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    if longest_side:
        scale = longest_side / max(picture.size)
        picture = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.Resampling.LANCZOS)
    return pil_to_tensor(picture)


def read_photos(files: Sequence[Path], *, halve: bool = False, short_side: int | None = None) -> list[Tensor]:
    """Read many photos, on two threads (decoding releases the lock)."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda path: read_photo(path, halve=halve, short_side=short_side), files))


def random_crop(photo: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """Crop a square of ``size`` pixels from (3, H, W) at random, flipped left to right half of the time."""
    top, left = (int(torch.randint(side - size + 1, (), generator=generator)) for side in photo.shape[1:])
    crop = photo[:, top : top + size, left : left + size]
    return crop.flip(2) if torch.rand((), generator=generator) < 0.5 else crop


def random_crops(photos: Sequence[Tensor], count: int, size: int, generator: torch.Generator) -> Tensor:
    """Image tensors (N, 3, size, size): squares of one random side, shrunk to `size`, flipped half of the time."""
    largest = min(min(photo.shape[1:]) for photo in photos)
    side = size
    if largest > size and torch.rand((), generator=generator) < 0.7:
        side = int(torch.randint(size, largest + 1, (), generator=generator))
    chosen = torch.randint(len(photos), (count,), generator=generator).tolist()
    squares = torch.stack([random_crop(photos[place], side, generator) for place in chosen]).float() / 255
    return F.interpolate(squares, (size, size), mode="bilinear", antialias=True).clamp(0, 1)
