"""A line in which jobs of one kind wait for their turn, and are told how many are before them."""

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from threading import Condition
from time import perf_counter
from typing import TypeVar

from demo.server.visitors import VISITORS, Turns, current_visitor
from zoo.errors import IrisError
from zoo.progress import Progress

Result = TypeVar("Result")
LOOK_SECONDS = 1.0  # from one word to a waiting job to the next


@dataclass(eq=False)
class _Job:
    """A job in the line."""

    visitor: str
    is_running: bool = False
    ends_at: float | None = None  # by its own steps, once they tell


class WaitingLine:
    """So many jobs run at a time, the others wait: visitors take turns, each in the order in which their jobs came.

    Gradio's own queue says a place only where nobody sees it, and not in words.
    """

    def __init__(self, running: int, waiting: int, now: Callable[[], float] = perf_counter) -> None:
        self._running, self._waiting = running, waiting  # the latter of one visitor
        self._now = now
        self._jobs: list[_Job] = []  # in the order in which they came
        self._turns = Turns()
        self._changed = Condition()

    def run(self, steps: Generator[Progress[Result]]) -> Generator[Progress[Result]]:
        """Yield the steps of a job once its turn has come, and until then how many jobs are before it.

        The next in the line is told how long that takes, where the job at work says so by its steps; of those that
        have not begun nobody knows. A job that is closed, because it was stopped or its visitor has gone, leaves the
        line. Raises IrisError where too many wait already.
        """
        job = _Job(current_visitor())
        self._join(job)
        try:
            while before := self._before(job):
                yield Progress(0, 0, note=waiting_sentence(before, self._seconds_to_next() if before == 1 else None))
                with self._changed:
                    self._changed.wait(LOOK_SECONDS)
            yield from self._timed(job, steps)
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

    def _timed(self, job: _Job, steps: Generator[Progress[Result]]) -> Generator[Progress[Result]]:
        """Yield the steps of a job that runs, noting when it will end."""
        clock = Clock(self._now)
        with closing(steps):
            for step in steps:
                left = clock.left(step)
                job.ends_at = None if left is None else self._now() + left
                yield step

    def _seconds_to_next(self) -> float | None:
        """Tell how many seconds are left of the job that ends first, None where no job at work knows."""
        ends = [job.ends_at for job in list(self._jobs)]  # each read once: the jobs' own threads set them meanwhile
        known = [end for end in ends if end is not None]
        return max(0.0, min(known) - self._now()) if known else None


class Clock:
    """Tells from the times of a job's steps how many seconds are left."""

    def __init__(self, now: Callable[[], float] = perf_counter) -> None:
        self._now = now
        self._first: tuple[int, float] | None = None  # steps done and the time, when the first was seen

    def left(self, step: Progress) -> float | None:
        """Give the seconds that are left, or None where that cannot be told yet."""
        if not step.total:  # it waits
            return None
        if self._first is None:
            self._first = step.done, self._now()
        done, since = self._first
        if step.done <= done:
            return None
        return (self._now() - since) / (step.done - done) * (step.total - step.done)


def waiting_sentence(before: int, seconds: float | None) -> str:
    """Say how many jobs are before one, and how long that may take where it is known."""
    jobs = "1 job is" if before == 1 else f"{before} jobs are"
    return f"Waiting: {jobs} before yours" + (f", {about(seconds)}" if seconds is not None else "")


def about(seconds: float) -> str:
    """Write a time in words, no more exact than it is known: "about 20 s", "about 3 min"."""
    if seconds >= 90:
        return f"about {round(seconds / 60)} min"
    return f"about {max(1, round(seconds) if seconds < 10 else 5 * round(seconds / 5))} s"
