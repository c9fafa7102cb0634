"""Events that the browser sends twice, answered once."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from threading import Event, Lock

from gradio.context import LocalContext

from demo.web.events import Updates, Values

Job = Callable[[Values], Iterator[Updates]]


class Duplicates:
    """Lets a job of one visitor and one set of values run once at a time; its duplicates wait for its end.

    Gradio tells of a change twice where a picture takes the place of another one.
    """

    def __init__(self) -> None:
        self._running: dict[str, Event] = {}
        self._lock = Lock()

    def run(self, job: Job, values: Values, nothing: Updates) -> Generator[Updates]:
        """Yield the updates of a job, or `nothing` once the same job has ended that was under way already."""
        name = f"{current_session()} {list(values.values())!r}"
        with self._lock:
            first = self._running.get(name)
            if first is None:
                self._running[name] = Event()
        if first is not None:
            first.wait()
            yield nothing
            return
        with self._ended(name):
            yield from job(values)

    @contextmanager
    def _ended(self, name: str) -> Generator[None]:
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(name).set()


def current_session() -> str:
    """Name the open page for which a handler runs."""
    return str(getattr(LocalContext.request.get(None), "session_hash", None))
