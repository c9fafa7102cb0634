"""Jobs of visitors on the workers of a Ray cluster: each worker does one at a time, and tells every step of it.

A job is a generator function of a module. What it is given and what it yields travels; it is closed here and ends
there, between two steps. Of a worker that is lost only its job is lost, and that is not tried again: what killed one
worker might kill them all.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import closing
from types import TracebackType
from typing import Any

from zoo.bulk.ray_cluster import connect, import_ray, processors_here
from zoo.errors import IrisError
from zoo.progress import Progress

NAME = "iris"
STORE_BYTES = 2**30  # of a cluster on this machine; pictures are sent
Job = Callable[..., Iterator[Progress]]


class RayJobs:
    """Workers for jobs, within `with`; `steps` runs a job on one that is free."""

    def __init__(self, workers: int, address: str | None, *, setup: Callable[[], object], gpus: int = 0) -> None:
        self._workers, self._address, self._setup, self._gpus = workers, address, setup, gpus
        self._ray, self._serve = import_ray(), import_ray("ray.serve")
        self._handle: Any = None

    def __enter__(self) -> "RayJobs":
        connect(self._ray, self._address, processors=max(self._workers, processors_here()), store_bytes=STORE_BYTES)
        try:
            self._handle = self._deployed()
        except BaseException:
            self._ray.shutdown()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._serve.delete(NAME)
        self._ray.shutdown()

    def steps(self, job: Job, /, *given: object, **named: object) -> Iterator[Progress]:
        """Yield the steps of a job; raises what it raises, and IrisError where its worker was lost."""
        answers = self._handle.run.remote(job, given, named)
        try:
            yield from answers
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from None  # what the job raised, not Ray's account of it
        except self._ray.exceptions.RayActorError as error:
            raise IrisError("the worker that did this was lost; try again") from error
        finally:
            answers.cancel()

    def _deployed(self) -> Any:  # noqa: ANN401
        nodes = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        threads = threads_each([int(node.get("CPU", 0)) for node in nodes], self._workers)
        deployment = self._serve.deployment(_Worker).options(
            num_replicas=self._workers, max_ongoing_requests=1,
            ray_actor_options={"num_cpus": threads, "num_gpus": self._gpus},
        )  # fmt: skip
        self._serve.start(proxy_location="Disabled")
        logging.getLogger("ray.serve").setLevel(logging.ERROR)  # what matters is raised
        handle = self._serve.run(deployment.bind(self._setup), name=NAME, route_prefix=None)
        return handle.options(stream=True)


class _Worker:
    """A process of its own; models stay loaded in it from one job to the next."""

    def __init__(self, setup: Callable[[], object]) -> None:
        setup()

    async def run(
        self, job: Callable[..., Generator[Progress]], given: tuple, named: dict[str, Any]
    ) -> AsyncIterator[Progress]:
        """Do a job step by step; the pause after each is where it can be ended."""
        with closing(job(*given, **named)) as steps:
            for step in steps:
                yield step
                await asyncio.sleep(0)


def threads_each(processors: list[int], workers: int) -> int:
    """Give how many of the machines' processors each worker may have; raises IrisError where there are too few.

    Ray bounds the threads of a worker by them; workers that do not fit would be waited for without an end.
    """
    for threads in range(max(processors, default=0), 0, -1):
        if sum(count // threads for count in processors) >= workers:
            return threads
    raise IrisError(
        f"the cluster has {sum(processors)} processors, too few for {workers} workers; ask for fewer --jobs"
    )
