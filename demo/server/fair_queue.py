"""Gradio's queue, but no visitor fills it, and those who ask for little do not wait for one who asks for much.

Gradio has one limit for all that waits, and serves in the order of arrival: who sends a hundred requests shuts out
everyone else.
"""

import time
from collections import Counter
from typing import Any, Literal

from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event, Queue
from gradio.server_messages import ProcessCompletedMessage
from starlette.requests import Request

from demo.server.visitors import VISITORS, Turns, visitor_of

VISITOR_JOBS = 64  # of one visitor that wait or run, of all kinds; opening the page makes six
UNREAD_SECONDS = 30.0  # after which a job whose result nobody reads is ended
UNREAD = f"the job was ended, because nobody read its result for {UNREAD_SECONDS:.0f} s"

PushResult = tuple[bool, str | list[dict[str, Any]], Literal["success", "error", "queue_full", "validator_error"]]


class FairQueue(Queue):
    """A queue that is limited by visitor and by kind, and that serves visitors in turn."""

    def limit(self, waiting: int) -> None:
        """Let so many jobs of each kind and visitor wait or run, and some times as many of all visitors."""
        self._of_a_kind = waiting
        self._turns = Turns()
        self._read_at: dict[str, float] = {}  # when the result of a job, or of a session, was last read

    async def push(self, body: PredictBodyInternal, request: Request, username: str | None) -> PushResult:
        """Add a job, or say why it is turned away."""
        visitor = visitor_of(request.scope)
        kinds = [event.fn._id for event in self._events() if visitor_of(event.request.scope) == visitor]
        if len(kinds) >= VISITOR_JOBS or sum(kind == body.fn_index for kind in kinds) >= self._of_a_kind:
            return False, f"the server has {len(kinds)} jobs of yours already; wait until some are done", "queue_full"
        waiting = sum(event.fn._id == body.fn_index for event in self._events())
        if waiting >= VISITORS * self._of_a_kind:
            return False, f"the server is busy: {waiting} such jobs wait already; try again later", "queue_full"
        return await super().push(body, request, username)

    def get_events(self) -> tuple[list[Event], bool, str] | None:
        """Choose the next job that may run: of the visitor for whom the fewest are at work, served longest ago."""
        at_work = Counter(visitor_of(event.request.scope) for events in self.active_jobs if events for event in events)
        for kind in self.event_queue_per_concurrency_id.values():
            kind.queue.sort(key=lambda event: self._turn_of(event, at_work))  # stable: else by arrival
        chosen = super().get_events()
        if chosen:
            self._turns.serve(visitor_of(chosen[0][0].request.scope))
        return chosen

    async def end_unread(self, read_now: set[str]) -> None:
        """End the jobs whose result nobody has read for a while; `read_now` are the jobs and sessions that are read."""
        now = time.monotonic()
        self._read_at = {name: when for name, when in self._read_at.items() if now - when < UNREAD_SECONDS}
        self._read_at |= dict.fromkeys(read_now, now)
        for event in self._events():
            names = {event._id, event.session_hash}
            if names & self._read_at.keys() or now - event.enqueue_time < UNREAD_SECONDS:
                continue
            self.send_message(event, ProcessCompletedMessage(output={"error": UNREAD}, success=False))
            await self.clean_events(event_id=event._id)

    def _turn_of(self, event: Event, at_work: Counter[str]) -> tuple[int, int]:
        visitor = visitor_of(event.request.scope)
        return at_work[visitor], self._turns.last(visitor)

    def _events(self) -> list[Event]:
        """List all jobs that wait or run."""
        return list(self.event_ids_to_events.values())
