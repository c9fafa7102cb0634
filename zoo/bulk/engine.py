"""Where many pictures are worked on: in this process, or by the workers of a Ray cluster."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

from zoo.errors import BadInput

Item = TypeVar("Item")
Result = TypeVar("Result")

ENGINES = ("local", "ray")


class Map(Protocol):
    """What the built-in `map` does: the results of a work on items, in their order, as they are asked for."""

    def __call__(self, work: Callable[[Item], Result], items: Iterable[Item], /) -> Iterator[Result]: ...


@contextmanager
def engine_map(options: Namespace, setup: Callable[[], object] | None = None) -> Generator[Map]:
    """Give the `map` of the engine that the flags of `add_engine` name; `setup` is called once in each of its workers.

    Work for Ray must be such as can be sent: functions of modules, `partial`, lambdas; no open file. Raises BadInput
    where the flags do not fit, Missing without Ray, and IrisError where the cluster cannot be reached or is too small.
    """
    if options.engine == "local":
        if options.workers is not None or options.address is not None:
            raise BadInput("--workers and --address are for --engine ray; here each picture has all processors")
        yield map
        return
    from zoo.bulk.ray_engine import ray_engine  # takes seconds to import, and is not installed everywhere

    with ray_engine(options.workers, options.address, setup) as engine:
        yield engine.map


def add_engine(made: ArgumentParser) -> None:
    """Add where a folder is worked on."""
    made.add_argument("--engine", choices=ENGINES, default=ENGINES[0], help="for a folder, default: %(default)s")
    made.add_argument("--workers", type=int, metavar="N", help="of Ray, default: one for each free processor but one")
    made.add_argument("--address", metavar="A", help="of a Ray cluster that runs; default: workers on this machine")
