"""Gradio's queue with limits by visitor and kind: who waits, who is next, and what nobody reads."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import fastapi
import gradio as gr
import pytest
from gradio.data_classes import PredictBodyInternal

from demo.server import fair_queue
from demo.server.blocks import Page
from demo.server.fair_queue import VISITOR_JOBS, FairQueue
from demo.server.readers import what_is_read
from demo.server.visitors import VISITORS, visitor_of

WAITING = 3


class Asked:
    """A queue of a page with many kinds of jobs, none of which runs, in a loop of its own.

    The loop is in a thread of its own, because a browser of another test may have one in this.
    """

    def __init__(self, pool: ThreadPoolExecutor, runner: asyncio.Runner) -> None:
        self._pool, self._runner = pool, runner
        self.queue: FairQueue = self.do(_queue())

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401
        """Run something in the loop."""
        return self._pool.submit(self._runner.run, work).result()

    def join(self, address: str, kind: int = 0) -> tuple[bool, Any, str]:
        """What a visitor is told who asks for a job of this kind."""
        asked = fastapi.Request({"type": "http", "client": (address, 1), "headers": [], "method": "POST", "path": "/"})
        body = PredictBodyInternal(fn_index=kind, data=[], request=asked)
        return self.do(self.queue.push(body, asked, None))

    def end_unread(self, *read: str) -> None:
        """Look for jobs that nobody reads."""
        self.do(self.queue.end_unread(set(read)))


async def _queue() -> FairQueue:
    with Page() as page:
        for number in range(VISITOR_JOBS):
            gr.api(lambda: None, api_name=f"job{number}")
    return page.use_fair_queue(WAITING, 1)


@pytest.fixture
def asked() -> Iterator[Asked]:
    """A queue that can be asked."""
    with ThreadPoolExecutor(1) as pool, asyncio.Runner() as runner:
        yield Asked(pool, runner)


def test_one_visitor_does_not_shut_out_the_others(asked: Asked) -> None:
    answers = [asked.join("203.0.113.1") for _ in range(120)]
    assert [accepted for accepted, _, _ in answers].count(True) == WAITING
    assert "jobs of yours" in answers[-1][1] and answers[-1][2] == "queue_full"
    assert asked.join("203.0.113.2")[0] and asked.join("203.0.113.1", kind=1)[0]


def test_one_kind_does_not_shut_out_the_others(asked: Asked) -> None:
    answers = [asked.join(f"203.0.113.{number}") for number in range(20)]
    assert [accepted for accepted, _, _ in answers].count(True) == VISITORS * WAITING
    assert asked.join("203.0.113.99", kind=1)[0]


def test_a_visitor_has_a_limit_over_all_kinds(asked: Asked) -> None:
    assert all(asked.join("203.0.113.1", kind)[0] for kind in range(VISITOR_JOBS))
    assert not asked.join("203.0.113.1", 0)[0]


@pytest.mark.parametrize("is_at_work", [False, True])
def test_visitors_take_turns(asked: Asked, is_at_work: bool) -> None:
    for address in ("203.0.113.1", "203.0.113.1", "203.0.113.2"):
        asked.join(address)
    first, _, _ = asked.queue.get_events() or ([], False, "")
    if is_at_work:
        asked.queue.active_jobs = [first]
    second, _, _ = asked.queue.get_events() or ([], False, "")
    served = [visitor_of(events[0].request.scope) for events in (first, second)]
    assert served == ["203.0.113.1", "203.0.113.2"]


def test_a_job_that_nobody_reads_ends_and_one_that_is_read_goes_on(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, unread, _ = asked.join("203.0.113.1")
    _, read, _ = asked.join("203.0.113.2")
    running, _, _ = asked.queue.get_events() or ([], False, "")
    asked.queue.active_jobs = [running]
    _, waiting, _ = asked.join("203.0.113.1")
    asked.end_unread()
    assert running[0].alive and len(asked.queue) == 2
    monkeypatch.setattr(fair_queue, "UNREAD_SECONDS", -1.0)
    monkeypatch.setattr(asked.queue, "_read_at", {})
    asked.end_unread()
    assert not running[0].alive and running[0]._id == unread and len(asked.queue) == 0
    assert unread != read != waiting


def test_a_job_that_is_read_goes_on(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    _, job, _ = asked.join("203.0.113.1")
    for event in asked.queue.event_ids_to_events.values():
        event.enqueue_time -= 1000.0
    asked.end_unread(job)
    assert len(asked.queue) == 1
    asked.end_unread()
    assert len(asked.queue) == 1, "a reader may come back after a moment"


@pytest.mark.parametrize(
    ("method", "path", "query", "read"),
    [
        ("GET", "/gradio_api/call/upscale/17", b"", "17"),
        ("GET", "/gradio_api/call/v2/upscale/17/", b"", "17"),
        ("GET", "/gradio_api/queue/data", b"session_hash=abc", "abc"),
        ("POST", "/gradio_api/call/upscale", b"", ""),
        ("GET", "/config", b"session_hash=abc", ""),
    ],
)
def test_who_reads_what(method: str, path: str, query: bytes, read: str) -> None:
    assert what_is_read({"type": "http", "method": method, "path": path, "query_string": query}) == read


def test_a_household_of_ipv6_is_one_visitor() -> None:
    one, two, other = ({"client": (f"2001:db8:0:{net}::{host}", 1)} for net, host in ((1, 5), (1, 6), (2, 5)))
    assert visitor_of(one) == visitor_of(two) != visitor_of(other)
    assert visitor_of({"client": ("::ffff:203.0.113.1", 1)}) == visitor_of({"client": ("203.0.113.1", 1)})
    assert visitor_of({"client": None}) == visitor_of({})
