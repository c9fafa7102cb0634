"""The progress that every long job yields."""

from collections.abc import Iterator
from dataclasses import dataclass

from PIL.Image import Image


@dataclass(frozen=True)
class Step:
    """How far a job is; `result` is set on the last step, `preview` where there is something to look at on the way.

    `loss` is what an optimisation has come down to.
    """

    done: int
    total: int
    preview: Image | None = None
    result: Image | None = None
    note: str = ""
    loss: float | None = None


def finish(steps: Iterator[Step]) -> Image:
    """Run a job to its end and give its result."""
    result = None
    for step in steps:
        result = step.result or result
    if result is None:
        raise ValueError("the job ended without a result")
    return result
