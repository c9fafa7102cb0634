"""Work on the machines of a Ray cluster: actors that keep what they load, and whose loss costs one try.

Core Ray only: results return to one writer, so neither Ray Data nor its 170 MB of Arrow are needed. All machines see
the files under the same paths, and have Iris installed.
"""

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
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

        Raises what the work raises, and IrisError where workers were lost TRIES times at the same item, or all of them.
        """
        crew = _Crew(self.ray, self.actors, self.ray.put(work))
        again: deque[tuple[int, Item]] = deque()  # what lost workers had begun
        done: dict[int, Result] = {}
        lost: Counter[int] = Counter()  # workers, by the number of the item
        numbered, given, is_last_taken = enumerate(items), 0, False
        while True:
            while crew.free and (again or (not is_last_taken and len(done) < AHEAD * len(self.actors))):
                following = again.popleft() if again else next(numbered, None)
                is_last_taken = following is None
                if following is not None:
                    crew.start(*following)
            if is_last_taken and not again and not crew.running:
                return
            for number, item, results in crew.finished():
                if results:
                    [done[number]] = results
                    continue
                again.append((number, item))
                lost[number] += 1
                if lost[number] == TRIES:
                    raise IrisError(
                        f"{TRIES} workers were lost, one after the other, at the same work; what was done before is "
                        "kept, look at the memory of the machines and at the next pictures"
                    )
            while given in done:
                yield done.pop(given)
                given += 1


class _Crew:
    """Which actors are free, at work, or away: lost, until Ray has room to start them anew.

    So the loss of a machine costs what its actors had begun, and nobody waits for them.
    """

    def __init__(self, ray: ModuleType, actors: list[Any], work: object) -> None:
        self._ray, self._work = ray, work
        self.free: deque[Any] = deque()
        self.running: dict[Any, tuple[int, Any, Any]] = {}  # number, item and actor, by what has the result
        self._away = {_back(actor): actor for actor in actors}

    def start(self, number: int, item: object) -> None:
        """Have a free actor work on an item."""
        actor = self.free.popleft()
        self.running[actor.run.remote(self._work, item)] = number, item, actor

    def finished(self) -> Iterator[tuple[int, Any, list[Any]]]:
        """Wait until an actor is free, and give what it did, if anything: number, item, and no result if it was lost.

        Raises what the work raised, and IrisError where no actor is left and none comes back.
        """
        waited_for = [*self.running, *self._away]
        ready, _ = (
            self._ray.wait(waited_for, timeout=None if self.running else READY_SECONDS) if waited_for else ([], [])
        )
        if not ready:
            raise IrisError(
                f"all workers were lost, and none came back in {READY_SECONDS} s; what was done is kept, look at the "
                "machines of the cluster"
            )
        if ready[0] in self._away:
            actor = self._away.pop(ready[0])
            if self._results(ready[0]):
                self.free.append(actor)
            return
        number, item, actor = self.running.pop(ready[0])
        results = self._results(ready[0])
        if results:
            self.free.append(actor)
        else:
            self._away[_back(actor)] = actor
        yield number, item, results

    def _results(self, ready: Any) -> list[Any]:  # noqa: ANN401
        """Give the one result that is ready; none where the actor was lost."""
        try:
            return [self._ray.get(ready)]
        except self._ray.exceptions.RayTaskError as error:
            raise error.cause from None  # what the work raised, not Ray's account of it
        except self._ray.exceptions.RayActorError:
            return []


def _back(actor: Any) -> Any:  # noqa: ANN401
    """Give what is ready once an actor runs, wherever and however late that is."""
    return actor.ready.options(max_task_retries=-1).remote()


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
    remote = ray.remote(num_cpus=1, max_restarts=-1)  # tried anew by others
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
