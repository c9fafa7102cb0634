"""Work on the machines of a Ray cluster: actors that keep what they load, and whose loss costs one try.

Core Ray only: results return to one writer, so neither Ray Data nor its 170 MB of Arrow are needed. All machines see
the files under the same paths, and have Iris installed.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from zoo.bulk.ray_cluster import processors_here, ray_cluster
from zoo.errors import BadInput, IrisError

Item = TypeVar("Item")
Result = TypeVar("Result")

TRIES = 3  # of the same work by workers that are lost, after which it is what kills them
AHEAD = 4  # results a worker that wait for a slow one before them
READY_SECONDS = 300
STORE_BYTES = 2**28  # of a cluster on this machine; only names, vectors and sentences are sent


@contextmanager
def ray_engine(
    workers: int | None, address: str | None, setup: Callable[[], object] | None = None
) -> Generator["RayEngine"]:
    """Give the engine of so many workers, each of which has called `setup`; raises BadInput, Missing and IrisError."""
    if workers is not None and workers < 1:
        raise BadInput(f"{workers} workers can do nothing; ask for 1 or more")
    processors = workers or max(1, processors_here() - 1) + 1
    with ray_cluster(address, processors=processors, store_bytes=STORE_BYTES) as ray:
        actors = started_actors(ray, worker_count(ray, workers), setup)
        try:
            yield RayEngine(ray, actors)
        finally:
            for actor in actors:
                ray.kill(actor)


@dataclass(frozen=True)
class RayEngine:
    """A pool of actors; `map` is what the built-in one is."""

    ray: ModuleType
    actors: list[Any]

    def map(self, work: Callable[[Item], Result], items: Iterable[Item]) -> Generator[Result]:
        """Give the results of a work on items, in their order; few items are taken before their results are.

        Raises what the work raises, and IrisError where workers were lost TRIES times at the same item.
        """
        sent, free = self.ray.put(work), deque(self.actors)
        running: dict[Any, tuple[int, Any]] = {}
        done: dict[int, Result] = {}
        numbered, given = enumerate(items), 0
        while True:
            while free and len(done) < AHEAD * len(self.actors):
                following = next(numbered, None)
                if following is None:
                    break
                actor = free.popleft()
                running[actor.run.remote(sent, following[1])] = following[0], actor
            if not running:
                return
            [ready], _ = self.ray.wait(list(running), num_returns=1)
            number, actor = running.pop(ready)
            free.append(actor)
            done[number] = self._result(ready)
            while given in done:
                yield done.pop(given)
                given += 1

    def _result(self, ready: Any) -> Any:  # noqa: ANN401
        try:
            return self.ray.get(ready)
        except self.ray.exceptions.RayTaskError as error:
            raise error.cause from None  # what the work raised, not Ray's account of it
        except self.ray.exceptions.RayActorError as error:
            raise IrisError(
                f"{TRIES} workers were lost, one after the other, at the same work; what was done before is kept, look "
                "at the memory of the machines and at the next pictures"
            ) from error


def worker_count(ray: ModuleType, workers: int | None) -> int:
    """Give how many workers there shall be: no more than can run, for others would be waited for without an end."""
    free = int(ray.available_resources().get("CPU", 0))
    if not free:
        raise IrisError("no processor of the cluster is free; wait for its other work, or let more machines join it")
    if workers is None:
        return max(1, free - 1)
    if workers > free:
        raise IrisError(f"{free} processors of the cluster are free, not {workers}; ask for fewer --workers")
    return workers


def started_actors(ray: ModuleType, count: int, setup: Callable[[], object] | None) -> list[Any]:
    """Start so many actors and wait until they are set up; raises IrisError where they do not come up."""
    remote = ray.remote(num_cpus=1, max_restarts=-1, max_task_retries=TRIES - 1)
    actors = [remote(_Worker).remote(setup) for _ in range(count)]
    try:
        ray.get([actor.ready.remote() for actor in actors], timeout=READY_SECONDS)
    except ray.exceptions.GetTimeoutError as error:
        raise IrisError(f"{count} workers did not start in {READY_SECONDS} s; ask for fewer --workers") from error
    except ray.exceptions.RayError as error:
        raise IrisError(f"the workers do not start ({error}); is this Iris installed where they run?") from error
    return actors


class _Worker:
    """A process of its own; models stay loaded in it from one work to the next."""

    def __init__(self, setup: Callable[[], object] | None) -> None:
        if setup is not None:
            setup()

    def ready(self) -> None:
        """Answer once it runs."""

    def run(self, work: Callable[[Item], Result], item: Item) -> Result:
        """Do the work on one item."""
        return work(item)
