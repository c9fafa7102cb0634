"""Pairs of a small and a large picture to learn super-resolution from, and random aligned crops of them."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from zoo.errors import BadInput
from zoo.nets.residual_upscaler import SCALE, shrink

Pair = tuple[Tensor, Tensor]  # uint8 (3, H, W) and (3, 4H, 4W)


class Pairs(Protocol):
    """Where crops are drawn from."""

    def draw(self, count: int, size: int, generator: torch.Generator) -> Pair:
        """Draw aligned crops, flipped and turned: uint8 (N, 3, size, size) and (N, 3, 4 size, 4 size)."""
        ...


class PhotoPairs:
    """Pairs of whole photos; the larger a photo, the more often it is drawn. Raises BadInput where there are none."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        if not pairs:
            raise BadInput("no photo is large enough for a crop; give larger ones, or a smaller --crop")
        self.pairs = pairs
        self._sides = torch.tensor([small.shape[1:] for small, _ in pairs])  # (N, 2)

    def draw(self, count: int, size: int, generator: torch.Generator) -> Pair:
        """Draw crops from photos that are large enough for them; where none is, of the largest size that fits one."""
        size = min(size, int(self._sides.amin(1).max()))
        weights = self._sides.prod(1).double() * (self._sides.amin(1) >= size)
        chosen = torch.multinomial(weights, count, replacement=True, generator=generator)
        return crop_pairs([self.pairs[place] for place in chosen.tolist()], size, generator)


def make_pair(photo: Tensor) -> Pair:
    """Cut a photo to whole multiples of the scale and shrink it, rounded to 8 bits as a file would be."""
    height, width = (side // SCALE * SCALE for side in photo.shape[1:])
    large = photo[:, :height, :width]
    small = shrink(large[None].float()).round().clamp(0, 255).to(torch.uint8)[0]
    return small, large


def crop_pairs(pairs: Sequence[Pair], size: int, generator: torch.Generator) -> Pair:
    """Crop each pair at random, flip and turn it: uint8 (N, 3, size, size) and (N, 3, 4 size, 4 size)."""
    small, large = [], []
    for low, high in pairs:
        top, left = (int(torch.randint(side - size + 1, (), generator=generator)) for side in low.shape[1:])
        low = low[:, top : top + size, left : left + size]
        high = high[:, SCALE * top : SCALE * (top + size), SCALE * left : SCALE * (left + size)]
        turns, flip = int(torch.randint(4, (), generator=generator)), torch.rand((), generator=generator) < 0.5
        low, high = (torch.rot90(x.flip(2) if flip else x, turns, (1, 2)) for x in (low, high))
        small.append(low)
        large.append(high)
    return torch.stack(small), torch.stack(large)
