"""Limited-memory BFGS within bounds (Nocedal and Wright 2006, algorithm 7.4), for pixels in 0..1.

torch.optim.LBFGS is not told that pixels were clipped after its step, so that its idea of the curvature is wrong, and
its first steps throw away the photo. Here steps are short at most, clipped, and remembered as they were really taken.
"""

from collections import deque
from collections.abc import Callable

import torch
from torch import Tensor

HISTORY = 10  # steps that are remembered
FIRST_STEP = 0.01  # mean change of a value in the first step
LONGEST_STEP = 0.1  # change of a value in any step


class BoundedLBFGS:
    """Goes down by one evaluation a step; the tensor must have no gradient of its own, and changes in place."""

    def __init__(self, values: Tensor) -> None:
        self.values = values
        self.past: deque[tuple[Tensor, Tensor]] = deque(maxlen=HISTORY)  # steps and changes of the gradient, flat
        self.last: tuple[Tensor, Tensor] | None = None  # values and gradient, flat

    def step(self, closure: Callable[[], Tensor]) -> Tensor:
        """Evaluate the loss with its gradient, and take a step; gives the loss before it."""
        loss = closure()
        gradient = self.values.grad
        if gradient is None:
            raise ValueError("the closure leaves no gradient; call backward in it")
        with torch.no_grad():
            gradient = gradient.flatten().clone()
            self._remember(gradient)
            self.last = self.values.flatten().clone(), gradient
            step = self._direction(gradient).clamp_(-LONGEST_STEP, LONGEST_STEP)
            self.values.add_(step.view_as(self.values)).clamp_(0, 1)
        return loss

    def _remember(self, gradient: Tensor) -> None:
        if self.last is None:
            return
        step, change = self.values.flatten() - self.last[0], gradient - self.last[1]
        if step.dot(change) > 1e-10 * change.dot(change):  # otherwise the loss bends the wrong way there
            self.past.append((step, change))

    def _direction(self, gradient: Tensor) -> Tensor:
        """Multiply the gradient by an estimate of the inverse Hessian, downwards (the two loops of the algorithm)."""
        if not self.past:
            return gradient * (-FIRST_STEP / gradient.abs().mean().clamp_min(1e-12))
        direction, shares = -gradient, []
        for step, change in reversed(self.past):
            shares.append(step.dot(direction) / step.dot(change))
            direction.sub_(shares[-1] * change)
        step, change = self.past[-1]
        direction.mul_(step.dot(change) / change.dot(change))
        for (step, change), share in zip(self.past, reversed(shares), strict=True):
            direction.add_((share - change.dot(direction) / step.dot(change)) * step)
        return direction
