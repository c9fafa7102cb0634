"""Pairs whose inputs are made worse, by worker processes, while the network learns."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from zoo.errors import BadInput
from zoo.nets.residual_upscaler import SCALE
from zoo.train.pairs import Pair, crop_pairs
from zoo.train.photo_degradation import degrade
from zoo.train.photos import START_METHOD

KEPT = 24_000  # degraded crops, drawn from again and again
FIRST = 2048  # before the first step


class DegradedPairs:
    """Degraded crops of photos, and the photos themselves as the truth.

    What is drawn are smaller crops of the last KEPT ones, and each time as many are made anew. So a step waits for no
    crop of its own, and a pair comes back differently cut and turned.
    """

    def __init__(self, crops: "DegradedCrops", *, workers: int, batch: int) -> None:
        self._crops, self._pairs, self._made = crops, [], 0
        self._loader = DataLoader(
            crops, batch, num_workers=workers, worker_init_fn=_use_one_thread,
            multiprocessing_context=START_METHOD if workers else None,
        )  # fmt: skip
        self._fresh: Iterator[list[Tensor]] | None = None

    def draw(self, count: int, size: int, generator: torch.Generator) -> Pair:
        """Draw crops of what was made so far, once some more were made."""
        self._make()
        while len(self._pairs) < min(FIRST, KEPT):
            self._make()
        chosen = torch.randint(len(self._pairs), (count,), generator=generator)
        return crop_pairs([self._pairs[place] for place in chosen.tolist()], min(size, self._crops.side), generator)

    def _make(self) -> None:
        """Take a batch of degraded crops from the workers; the oldest make room."""
        if self._fresh is None:
            self._fresh = iter(self._loader)
        inputs, places = next(self._fresh)  # (N, 3, side, side) and (N, 3)
        for small, (photo, top, left) in zip(inputs, places.tolist(), strict=True):
            side = SCALE * self._crops.side
            pair = small, self._crops.photos[photo][:, top : top + side, left : left + side]
            if len(self._pairs) < KEPT:
                self._pairs.append(pair)
            else:
                self._pairs[self._made % KEPT] = pair
            self._made += 1


class DegradedCrops(IterableDataset[tuple[Tensor, Tensor]]):
    """Degraded crops (3, side, side) of photos (3, H, W), uint8, without end, each with its photo's number and place.

    `saved` is the share of those that `degrade` only shrinks and saves. Raises BadInput where no photo is large enough.
    """

    def __init__(self, photos: Sequence[Tensor], side: int, seed: int, *, saved: float = 0.0) -> None:
        self.photos = [photo for photo in photos if min(photo.shape[1:]) >= SCALE * side]
        if not self.photos:
            raise BadInput(f"no photo has {SCALE * side} pixels to each side; give larger ones, or a smaller --crop")
        self.side, self.seed, self.saved = side, seed, saved

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        worker = get_worker_info()
        random = np.random.default_rng((self.seed, worker.id if worker else 0))
        areas = np.array([photo.shape[1] * photo.shape[2] for photo in self.photos], float)
        chances = np.cumsum(areas / areas.sum())
        side = SCALE * self.side
        while True:
            number = min(int(np.searchsorted(chances, random.random())), len(chances) - 1)
            photo = self.photos[number]
            top, left = (int(random.integers(0, length - side + 1)) for length in photo.shape[1:])
            crop = photo[:, top : top + side, left : left + side].permute(1, 2, 0).contiguous().numpy()
            small = torch.from_numpy(degrade(crop, random, saved=self.saved)).permute(2, 0, 1).contiguous()
            yield small, torch.tensor((number, top, left))


def _use_one_thread(worker: int) -> None:
    """Keep OpenCV to the process, as torch is kept to it: each worker is one."""
    cv2.setNumThreads(1)
