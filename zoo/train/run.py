"""A resumable training run: checkpoints, TensorBoard scalars and a progress bar."""

import argparse
import logging
import math
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import torch
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from zoo.catalog import WEIGHTS
from zoo.files import written_beside

log = logging.getLogger(__name__)


class Stateful(Protocol):
    """Whatever a checkpoint can hold: modules, optimisers, averaged models."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any]) -> Any: ...  # noqa: ANN401 - torch returns what it likes


class Run:
    """Steps of one training in one folder.

    Iterating yields step numbers; a checkpoint is written every ``minutes`` and at the end, beside and then renamed,
    so a kill loses minutes at most. A second run on the same folder goes on where the first stopped. Whatever is
    random takes ``generator``, whose state is kept too.
    """

    def __init__(
        self, folder: Path, steps: int, parts: Mapping[str, Stateful], *, seed: int = 0, minutes: float = 3
    ) -> None:
        self.folder, self.steps, self.parts, self.minutes = folder, steps, parts, minutes
        self.generator = torch.Generator().manual_seed(seed)
        folder.mkdir(parents=True, exist_ok=True)
        self.writer = SummaryWriter(folder)
        self.step = self._resume()
        self.bar = tqdm(total=steps, initial=self.step, smoothing=0.02, mininterval=5)

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def _resume(self) -> int:
        if not self.checkpoint.exists():
            return 0
        saved = torch.load(self.checkpoint, map_location="cpu", weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(saved[name])
        self.generator.set_state(saved["generator"])
        log.info("resumed %s at step %d", self.checkpoint, saved["step"])
        return int(saved["step"])

    def save(self) -> None:
        """Write the checkpoint; a kill meanwhile leaves the previous one."""
        state = {name: part.state_dict() for name, part in self.parts.items()}
        with written_beside(self.checkpoint) as part:
            torch.save(state | {"step": self.step, "generator": self.generator.get_state()}, part)

    def __iter__(self) -> Iterator[int]:
        saved_at = time.monotonic()
        while self.step < self.steps:
            yield self.step
            self.step += 1
            self.bar.update()
            if time.monotonic() - saved_at > 60 * self.minutes:
                self.save()
                saved_at = time.monotonic()
        self.save()
        self.bar.close()
        self.writer.close()

    def note(self, **scalars: float) -> None:
        """Send scalars to TensorBoard and the progress bar."""
        for name, value in scalars.items():
            self.writer.add_scalar(name, value, self.step)
        self.bar.set_postfix({name: f"{value:.4g}" for name, value in scalars.items()})


def add_run_options(parser: argparse.ArgumentParser, *, steps: int) -> None:
    """The options that every training has."""
    parser.add_argument("--run", type=Path, required=True, help="folder for checkpoints and TensorBoard; resumes there")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="folder that the trained model is written to")
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--seed", type=int, default=0)


def rate(step: int, steps: int, warmup: int = 100) -> float:
    """Linear warm-up, then a half cosine down to nearly nothing."""
    return min(1.0, (step + 1) / warmup) * max(0.002, 0.5 * (1 + math.cos(math.pi * step / steps)))
