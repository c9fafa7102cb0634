"""Geometric self-ensemble: the mean of what a network makes of a picture turned and mirrored in all eight ways."""

from collections.abc import Iterator

import torch
from torch import Tensor

from zoo.loading import Upscaler

AXES: tuple[tuple[int, ...], ...] = ((), (2,), (3,), (2, 3))  # of (N, C, H, W), to be mirrored
PASSES = 2 * len(AXES)


class SelfEnsemble:
    """An upscaler that runs another PASSES times, as EDSR+ does (Lim et al. 2017, https://arxiv.org/abs/1707.02921).

    A network is not quite the same in all directions, and the errors that differ from way to way cancel out.
    """

    def __init__(self, network: Upscaler) -> None:
        self._network = network
        self.receptive_field = network.receptive_field
        self.wants_whole = getattr(network, "wants_whole", False)

    def __call__(self, x: Tensor, /) -> Tensor:
        """Enlarge image tensors (N, 3, H, W) to (N, 3, 4H, 4W)."""
        total = torch.zeros(())
        for result in self._passes(x):  # one at a time, so that no more than two are held
            total = total.to(result.device) + result
        return total / PASSES

    def _passes(self, x: Tensor) -> Iterator[Tensor]:
        for axes in AXES:
            mirrored = x.flip(axes)
            yield self._network(mirrored).float().flip(axes)
            yield self._network(mirrored.mT.contiguous()).float().mT.flip(axes)
