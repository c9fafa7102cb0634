"""Where the page's jobs run: in this process, or on the workers of a Ray cluster; a job does not know which."""

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import ParamSpec, Protocol, TypeVar

from demo.settings import Settings
from demo.web.waiting import WaitingLine
from zoo.progress import Progress, in_one_step, run_to_end

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Engine(Protocol):
    """Runs jobs: generator functions of modules, whose arguments and steps can be sent."""

    name: str
    where: str  # in words

    def steps(self, job: Callable[..., Iterator[Progress]], /, *given: object, **named: object) -> Generator[Progress]:
        """Yield the steps of a job; closing them ends it."""
        ...

    def long_steps(
        self, job: Callable[..., Iterator[Progress]], /, *given: object, **named: object
    ) -> Generator[Progress]:
        """Yield the steps of a job that takes minutes."""
        ...


class LocalEngine:
    """Runs jobs in the threads of this process."""

    name, where = "local", "this server"

    def steps(self, job: Callable[..., Iterator[Progress]], /, *given: object, **named: object) -> Generator[Progress]:
        """Yield the steps of a job."""
        yield from job(*given, **named)

    long_steps = steps


class RayWorkers:
    """Runs each job on a free worker of a Ray cluster; jobs of minutes leave one worker to the quick ones."""

    name = "ray"

    def __init__(self, steps: Callable[..., Generator[Progress]], workers: int) -> None:
        self._steps = steps
        self._free = WaitingLine(workers, sys.maxsize)  # the lines of the page say when too many wait
        self._free_for_long = WaitingLine(max(1, workers - 1), sys.maxsize)
        self.where = f"{workers} workers of this server's Ray cluster"

    def steps(self, job: Callable[..., Iterator[Progress]], /, *given: object, **named: object) -> Generator[Progress]:
        """Yield the steps of a job once a worker is free."""
        return self._free.run(self._steps(job, *given, **named))

    def long_steps(
        self, job: Callable[..., Iterator[Progress]], /, *given: object, **named: object
    ) -> Generator[Progress]:
        """Yield the steps of a job once a worker is free that the quick ones can spare."""
        return self._free_for_long.run(self.steps(job, *given, **named))


_engine: Engine = LocalEngine()


@contextmanager
def engine_for(settings: Settings) -> Generator[Engine]:
    """Run the jobs of this process within by the engine of the settings; its workers decode as this process does."""
    global _engine
    if settings.engine == "local":
        yield _engine
        return
    from zoo.bulk.ray_jobs import ray_jobs  # takes seconds to import, and is not installed everywhere
    from zoo.visitor_files import prepare_for_visitors

    setup, gpus = partial(prepare_for_visitors, settings.precision), int(settings.device == "cuda")
    with ray_jobs(settings.jobs, settings.address, setup=setup, gpus=gpus) as workers:
        before, _engine = _engine, RayWorkers(workers.steps, settings.jobs)
        try:
            yield _engine
        finally:
            _engine = before


def engine_in_use() -> Engine:
    """Give the engine that runs the jobs of this process."""
    return _engine


def run_job(
    job: Callable[Given, Iterator[Progress]], /, *given: Given.args, **named: Given.kwargs
) -> Generator[Progress]:
    """Yield the steps of a job, wherever it runs."""
    return _engine.steps(job, *given, **named)


def run_long_job(
    job: Callable[Given, Iterator[Progress]], /, *given: Given.args, **named: Given.kwargs
) -> Generator[Progress]:
    """Yield the steps of a job that takes minutes, wherever it runs."""
    return _engine.long_steps(job, *given, **named)


def call(function: Callable[Given, Result], /, *given: Given.args, **named: Given.kwargs) -> Result:
    """Give the result of a function that runs where jobs run."""
    return run_to_end(_engine.steps(in_one_step, function, *given, **named))
