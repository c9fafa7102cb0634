"""A line in which jobs of one kind wait for their turn, and are told how many are before them."""

import math
from collections import Counter, deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from statistics import mean
from threading import Condition
from time import perf_counter
from typing import TypeVar

from demo.server.visitors import VISITORS, Turns, current_visitor
from zoo.errors import IrisError
from zoo.progress import Progress

Result = TypeVar("Result")
LOOK_SECONDS = 1.0  # from one word to a waiting job to the next
REMEMBERED = 8  # jobs whose times say how long the next will take


@dataclass(eq=False)
class _Job:
    """A job in the line."""

    visitor: str
    is_running: bool = False


class WaitingLine:
    """So many jobs run at a time, the others wait: visitors take turns, each in the order in which their jobs came.

    Gradio's own queue says a place only where nobody sees it, and not in words.
    """

    def __init__(self, running: int, waiting: int) -> None:
        self._running, self._waiting = running, waiting  # the latter of one visitor
        self._jobs: list[_Job] = []  # in the order in which they came
        self._turns = Turns()
        self._changed = Condition()
        self._seconds: deque[float] = deque(maxlen=REMEMBERED)

    def run(self, steps: Iterator[Progress[Result]]) -> Generator[Progress[Result]]:
        """Yield the steps of a job once its turn has come, and until then how long that may take.

        A job that is closed, because it was stopped or its visitor has gone, leaves the line. Raises IrisError where
        too many wait already.
        """
        job = _Job(current_visitor())
        self._join(job)
        try:
            while before := self._before(job):
                yield Progress(0, 0, note=waiting_sentence(before, self._expected(before)))
                with self._changed:
                    self._changed.wait(LOOK_SECONDS)
            begun = perf_counter()
            yield from steps
            self._seconds.append(perf_counter() - begun)
        finally:
            self._leave(job)

    def _join(self, job: _Job) -> None:
        with self._changed:
            of_visitor = sum(other.visitor == job.visitor for other in self._jobs)
            most = self._running + self._waiting
            if of_visitor >= most or len(self._jobs) >= VISITORS * most:
                waiting = len(self._jobs) - self._running
                raise IrisError(f"the server is busy: {waiting} jobs wait already; try again in a few minutes")
            self._jobs.append(job)

    def _leave(self, job: _Job) -> None:
        with self._changed:
            self._jobs.remove(job)
            self._changed.notify_all()

    def _before(self, job: _Job) -> int:
        """Count how many jobs must end before this one begins; 0 where it begins now."""
        with self._changed:
            running = sum(other.is_running for other in self._jobs)
            before = 0 if job.is_running else max(0, running + self._next().index(job) - self._running + 1)
            if before == 0 and not job.is_running:
                job.is_running = True
                self._turns.serve(job.visitor)
            return before

    def _next(self) -> list[_Job]:
        """Order the jobs that wait, the next one first: each visitor's first, then each visitor's second."""
        seen: Counter[str] = Counter(job.visitor for job in self._jobs if job.is_running)
        turns: list[tuple[int, int, _Job]] = []
        for job in self._jobs:
            if not job.is_running:
                turns.append((seen[job.visitor], self._turns.last(job.visitor), job))
                seen[job.visitor] += 1
        return [job for _, _, job in sorted(turns, key=lambda turn: turn[:2])]

    def _expected(self, before: int) -> float | None:
        return math.ceil(before / self._running) * mean(self._seconds) if self._seconds else None


def waiting_sentence(before: int, seconds: float | None) -> str:
    """Say how many jobs are before one, and how long that may take where it is known."""
    jobs = "1 job is" if before == 1 else f"{before} jobs are"
    return f"Waiting: {jobs} before yours" + (f", {about(seconds)}" if seconds is not None else "")


def about(seconds: float) -> str:
    """Write a time in words, no more exact than it is known: "about 20 s", "about 3 min"."""
    if seconds >= 90:
        return f"about {round(seconds / 60)} min"
    return f"about {max(1, round(seconds) if seconds < 10 else 5 * round(seconds / 5))} s"
