"""Events that come twice."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import gradio as gr
import pytest

from demo.web import duplicates
from demo.web.duplicates import Duplicates
from demo.web.events import Updates, Values

PART = gr.HTML(render=False)
NOTHING: Updates = {PART: gr.skip()}


def job(values: Values) -> Generator[Updates]:
    """Two steps that tell of the value."""
    yield {PART: values[PART]}
    yield {PART: "done"}


def test_a_duplicate_waits_for_the_end_of_the_job_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = Event()

    class Watched(Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.set()
            return super().wait(timeout)

    monkeypatch.setattr(duplicates, "Event", Watched)
    once = Duplicates()
    first, second = (once.run(job, {PART: 1}, NOTHING) for _ in range(2))
    assert next(first) == {PART: 1}
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(list, second)
        waits.wait()
        assert not waiting.done()
        assert list(first) == [{PART: "done"}]
        assert waiting.result() == [NOTHING]


def test_jobs_of_other_values_run_beside_each_other() -> None:
    once = Duplicates()
    one, other = (once.run(job, {PART: value}, NOTHING) for value in (1, 2))
    assert (next(one), next(other)) == ({PART: 1}, {PART: 2})


def test_a_job_that_has_ended_or_was_closed_runs_again() -> None:
    once = Duplicates()
    assert list(once.run(job, {PART: 1}, NOTHING)) == [{PART: 1}, {PART: "done"}]
    closed = once.run(job, {PART: 1}, NOTHING)
    next(closed)
    closed.close()
    assert next(once.run(job, {PART: 1}, NOTHING)) == {PART: 1}
