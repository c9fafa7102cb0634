"""One network in training: its optimizer, learning rates, gradient clip and averaged weights."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel

Schedule = Callable[[float, int], float]  # progress 0..1 and step number to a factor of the learning rate


class Stateful(Protocol):
    """What a checkpoint can hold: learners, modules, optimizers, counters."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any], /) -> object: ...


def cosine_down_to(least: float, *, warmup: int = 1) -> Schedule:
    """Rise linearly over `warmup` steps, then fall as half a cosine to `least`."""

    def schedule(progress: float, step: int) -> float:
        return min(1.0, (step + 1) / warmup) * (least + (1 - least) * 0.5 * (1 + math.cos(math.pi * progress)))

    return schedule


COSINE_WITH_WARMUP = cosine_down_to(0.002, warmup=100)


class Learner:
    """A network in training with its optimizer, rate schedule, gradient clip and moving average of weights.

    `average` is how much of the averaged weights a step leaves (less in the first steps, Adam's correction in kind);
    with 0 there is no average. `clip` is the largest norm of a step's gradient. Rates are those of the optimizer
    times the schedule.
    """

    def __init__(
        self,
        network: nn.Module,
        optimizer: Optimizer,
        *,
        average: float = 0.0,
        clip: float = math.inf,
        schedule: Schedule = COSINE_WITH_WARMUP,
    ) -> None:
        self.network, self.optimizer, self.clip, self.schedule = network, optimizer, clip, schedule
        self._average = AveragedModel(network, multi_avg_fn=_moving_average(average)) if average else None
        self._rates = [group["lr"] for group in optimizer.param_groups]

    @property
    def averaged(self) -> nn.Module:
        """The network with the averaged weights, or the network itself where none are kept."""
        return self.network if self._average is None else self._average.module

    def step(self, loss: Tensor) -> None:
        """Move the weights down the gradient of a loss."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        if math.isfinite(self.clip):
            nn.utils.clip_grad_norm_([w for group in self.optimizer.param_groups for w in group["params"]], self.clip)
        self.optimizer.step()
        if self._average is not None:
            self._average.update_parameters(self.network)

    def set_progress(self, progress: float, step: int) -> None:
        """Set the learning rates for a progress in 0..1."""
        for group, rate in zip(self.optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * self.schedule(progress, step)

    def state_dict(self) -> dict[str, Any]:
        return {name: part.state_dict() for name, part in self._parts().items()}

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        for name, part in self._parts().items():
            part.load_state_dict(state[name])

    def _parts(self) -> dict[str, Stateful]:
        parts: dict[str, Stateful] = {"network": self.network, "optimizer": self.optimizer}
        return parts if self._average is None else parts | {"average": self._average}


def _moving_average(decay: float) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """Give AveragedModel its exponential moving average, forgetting its start sooner than `decay` says."""

    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], count: Tensor | int) -> None:
        kept = min(decay, (1 + int(count)) / (10 + int(count)))
        torch._foreach_lerp_(list(averaged), list(current), 1 - kept)

    return update
