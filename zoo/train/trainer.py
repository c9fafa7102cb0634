"""The loop of every training: steps or minutes, rates, averaged weights, checkpoints, curves; on a CPU or a GPU.

    config = training_config(options)              # from the arguments that `add_training_options` adds
    network = make_network().to(config.device)
    learner = Learner(network, torch.optim.Adam(network.parameters(), lr=6e-4), average=0.999, clip=1.0)
    trainer = Trainer(config, {"network": learner})
    for step in trainer:                           # goes on where the folder's last checkpoint was written
        small, large = (x.to(config.device) for x in random_pairs(photos, trainer.generator))
        with trainer.autocast():                   # bfloat16 where the configuration says so
            loss = (network(small) - large).abs().mean()
        learner.step(loss)                         # backward, clip, optimizer, average
        if step % 50 == 0:
            trainer.log(loss=loss)                 # TensorBoard, progress bar, log.jsonl
    publish(learner.averaged, ...)

An adversarial training has two learners, whose steps are taken in turn in the same loop.
"""

import json
import logging
import math
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor
from tqdm import tqdm

from zoo.catalog import WEIGHTS
from zoo.command_line import PRECISIONS, Precision
from zoo.errors import BadInput, IrisError
from zoo.files import written_beside
from zoo.train.learner import Learner, Stateful
from zoo.weight_files import unpickle

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TrainingConfig:
    """Where a training is kept, how long it takes, and what it runs on; `minutes` counts all its sessions together."""

    folder: Path
    steps: int
    minutes: float | None = None
    seed: int = 0
    device: torch.device = torch.device("cpu")  # noqa: RUF009 - it cannot be changed
    precision: Precision = "auto"
    checkpoint_minutes: float = 3

    @property
    def dtype(self) -> torch.dtype:
        """The type in which convolutions and products are computed; by itself bfloat16 on a GPU only."""
        is_half = self.precision == "bfloat16" or (self.precision == "auto" and self.device.type == "cuda")
        return torch.bfloat16 if is_half else torch.float32


class Trainer:
    """Iterate over the steps of a training, writing a checkpoint every few minutes and at the end.

    A kill loses those minutes at most, and a second training in the same folder goes on from the checkpoint. `parts`
    are what the checkpoint holds: learners, whose rates are set before each step, and any other state. Whatever is
    random takes `generator`, whose state is kept too. Raises BadInput where the folder is of another training.
    """

    def __init__(self, config: TrainingConfig, parts: Mapping[str, Stateful]) -> None:
        self.config, self.parts = config, parts
        self.generator = torch.Generator().manual_seed(config.seed)
        self.step, self.seconds = 0, 0.0
        config.folder.mkdir(parents=True, exist_ok=True)
        if self.checkpoint.exists():
            self._resume()
        self._curves = _curve_writer(config.folder)
        total = None if config.minutes else config.steps
        self._bar = tqdm(total=total, initial=self.step, smoothing=0.02, mininterval=5, disable=None)

    @property
    def checkpoint(self) -> Path:
        return self.config.folder / "checkpoint.pt"

    @property
    def progress(self) -> float:
        """How much of the training is over, 0..1: by time where minutes are set, else by steps."""
        if self.config.minutes is None:
            return min(1.0, self.step / max(1, self.config.steps))
        return min(1.0, self.seconds / (60 * self.config.minutes))

    def __iter__(self) -> Iterator[int]:
        saved_at = now = time.monotonic()
        while self.progress < 1:
            for part in self.parts.values():
                if isinstance(part, Learner):
                    part.set_progress(self.progress, self.step)
            yield self.step
            self.step += 1
            self._bar.update()
            before, now = now, time.monotonic()
            self.seconds += now - before
            if now - saved_at > 60 * self.config.checkpoint_minutes:
                self.save()
                saved_at = now
        self.save()
        self.close()

    def autocast(self) -> AbstractContextManager[None]:
        """Compute in the precision of the configuration within."""
        is_half = self.config.dtype == torch.bfloat16
        return torch.autocast(self.config.device.type, torch.bfloat16, enabled=is_half)

    def log(self, **scalars: float | Tensor) -> None:
        """Send scalars to TensorBoard, the progress bar and log.jsonl; raises IrisError where one is not a number."""
        values = {name: value.item() if isinstance(value, Tensor) else value for name, value in scalars.items()}
        for name, value in values.items():
            if not math.isfinite(value):
                raise IrisError(f"{name} became {value} at step {self.step}; begin again with a lower --rate")
            if self._curves is not None:
                self._curves.add_scalar(name, value, self.step)
        self._bar.set_postfix({name: f"{value:.4g}" for name, value in values.items()})
        with (self.config.folder / "log.jsonl").open("a") as file:
            file.write(json.dumps({"step": self.step, "seconds": round(self.seconds, 1), **values}) + "\n")

    def save(self) -> None:
        """Write the checkpoint; a kill meanwhile leaves the previous one."""
        state = {
            "parts": {name: part.state_dict() for name, part in self.parts.items()},
            "step": self.step,
            "seconds": self.seconds,
            "random": self.generator.get_state(),
        }
        with written_beside(self.checkpoint, durable=True) as part:
            torch.save(state, part)

    def close(self) -> None:
        """Close the progress bar and the curves."""
        self._bar.close()
        if self._curves is not None:
            self._curves.close()

    def _resume(self) -> None:
        saved = cast(dict[str, Any], unpickle(self.checkpoint))
        try:
            for name, part in self.parts.items():
                part.load_state_dict(saved["parts"][name])
            self.generator.set_state(saved["random"])
            self.step, self.seconds = int(saved["step"]), float(saved["seconds"])
        except (KeyError, RuntimeError, ValueError) as error:
            reason = str(error).splitlines()[0][:120]
            raise BadInput(
                f"{self.checkpoint} is of another training ({reason}); name another folder with --run"
            ) from error
        log.info("resumed %s at step %d", self.checkpoint, self.step)


def add_training_options(parser: ArgumentParser, *, steps: int) -> None:
    """Add the options that every training has."""
    parser.add_argument("--run", type=Path, required=True, help="folder for checkpoints and curves; resumes there")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="folder that the trained model is written to")
    parser.add_argument("--steps", type=int, default=steps, help="default: %(default)s")
    parser.add_argument("--minutes", type=float, help="train for so long, however many steps that makes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu", help="cpu or cuda, default: %(default)s")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help="default: bfloat16 on cuda")


def training_config(options: Namespace) -> TrainingConfig:
    """Give the configuration that the training options ask for; raises BadInput where the device is not there."""
    try:
        device = torch.device(options.device)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # torch built without the device asserts
        raise BadInput(f"this machine cannot use device {options.device!r}; use cpu") from error
    torch.manual_seed(options.seed)
    return TrainingConfig(options.run, options.steps, options.minutes, options.seed, device, options.precision)


def _curve_writer(folder: Path) -> Any | None:  # noqa: ANN401 - tensorboard need not be there
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        log.warning("no curves for TensorBoard are written, for it is not installed; log.jsonl has the numbers")
        return None
    return SummaryWriter(folder)
