"""The progress that every long job yields, run to its end with or without a bar on the terminal."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from tqdm import tqdm

from zoo.command_line import on_one_line

if TYPE_CHECKING:
    from PIL.Image import Image

Result = TypeVar("Result")


@dataclass(frozen=True)
class Progress(Generic[Result]):
    """How far a job is; `result` is set on the last one, `preview` where there is something to look at on the way.

    `note` says what is being done or could not be, `loss` what an optimisation has come down to.
    """

    done: int
    total: int
    note: str = ""
    loss: float | None = None
    preview: "Image | None" = None
    result: Result | None = None


def run_to_end(job: Iterable[Progress[Result]]) -> Result:
    """Run a job to its end and give its last result; raises ValueError where it has none."""
    result = None
    for progress in job:
        result = result if progress.result is None else progress.result
    if result is None:
        raise ValueError("the job ended without a result")
    return result


def with_bar(job: Iterable[Progress[Result]], name: str, unit: str = "step") -> Generator[Progress[Result]]:
    """Show the progress of a job on the terminal, where there is one, as it goes by."""
    with tqdm(desc=on_one_line(name), unit=unit, leave=False, disable=None) as bar:
        for progress in job:
            bar.total = progress.total
            bar.set_postfix_str(progress.note, refresh=False)
            bar.update(progress.done - bar.n)
            yield progress


def in_one_step(function: Callable[..., Result], *given: object, **named: object) -> Generator[Progress[Result]]:
    """Call a function as a job of one step."""
    yield Progress(1, 1, result=function(*given, **named))
