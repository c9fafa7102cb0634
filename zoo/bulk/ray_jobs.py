"""Jobs of visitors on the workers of a Ray cluster: each worker does one at a time, and tells every step of it.

A job is a generator function of a module. What it is given and what it yields travels; it is closed here and ends
there, between two steps. Of a worker that is lost only its job is lost, and that is not tried again: what killed one
worker might kill them all.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from zoo.bulk.ray_cluster import import_ray, processors_here, ray_cluster
from zoo.errors import IrisError
from zoo.progress import Progress

NAME = "iris"
STORE_BYTES = 2**30  # of a cluster on this machine; pictures are sent
Job = Callable[..., Iterator[Progress]]


@contextmanager
def ray_jobs(workers: int, address: str | None, *, setup: Callable[[], object], gpus: int = 0) -> Generator["RayJobs"]:
    """Give so many workers, each of which has called `setup` and has so many GPUs; raises Missing and IrisError."""
    serve = import_ray("ray.serve")
    with ray_cluster(address, processors=max(workers, processors_here()), store_bytes=STORE_BYTES) as ray:
        nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
        threads = threads_each([int(node.get("CPU", 0)) for node in nodes], workers)
        deployment = serve.deployment(_Worker).options(
            num_replicas=workers, max_ongoing_requests=1, ray_actor_options={"num_cpus": threads, "num_gpus": gpus}
        )
        serve.start(proxy_location="Disabled")
        logging.getLogger("ray.serve").setLevel(logging.ERROR)  # what matters is raised
        handle = serve.run(deployment.bind(setup), name=NAME, route_prefix=None)
        try:
            yield RayJobs(ray, handle.options(stream=True))
        finally:
            serve.delete(NAME)


@dataclass(frozen=True)
class RayJobs:
    """Workers for jobs; `steps` runs a job on one that is free."""

    ray: ModuleType
    handle: Any  # of the deployment

    def steps(self, job: Job, /, *given: object, **named: object) -> Generator[Progress]:
        """Yield the steps of a job; raises what it raises, and IrisError where its worker was lost."""
        answers = self.handle.run.remote(job, given, named)
        try:
            yield from answers
        except self.ray.exceptions.RayTaskError as error:
            raise error.cause from None  # what the job raised, not Ray's account of it
        except self.ray.exceptions.RayActorError as error:
            raise IrisError("the worker that did this was lost; try again") from error
        finally:
            answers.cancel()


class _Worker:
    """A process of its own; models stay loaded in it from one job to the next."""

    def __init__(self, setup: Callable[[], object]) -> None:
        setup()

    async def run(
        self, job: Callable[..., Generator[Progress]], given: tuple, named: dict[str, Any]
    ) -> AsyncGenerator[Progress]:
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
