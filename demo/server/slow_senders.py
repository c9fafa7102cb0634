"""Connections whose requests come too slowly are ended: who sends a byte now and then would hold them for ever.

uvicorn waits without a limit for the head of a request, and for its body.
"""

import asyncio
from asyncio import TimerHandle, Transport
from contextlib import suppress
from time import monotonic
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD_SECONDS = 20.0  # in which the head of a request is to come
BODY_SECONDS, BODY_RATE = 30.0, 4096  # in which the body may begin, and bytes a second from then on
READING_SECONDS = 0.1  # in which a server that was busy reads what has come meanwhile


class SlowSender(Exception):
    """The body of a request does not come."""


class BodyGuard:
    """ASGI middleware that ends a request whose body comes too slowly, and its connection."""

    def __init__(self, app: ASGIApp, seconds: float = BODY_SECONDS, rate: float = BODY_RATE) -> None:
        self.app = app
        self._seconds, self._rate = seconds, rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; what waits for its body is told where that does not come."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        left, is_whole, is_slow, is_answered = self._seconds, False, False, False

        async def in_time() -> Message:
            nonlocal left, is_whole, is_slow
            if is_whole:
                return await receive()
            begun = monotonic()
            message = await _first_of(receive, left, READING_SECONDS)
            left -= monotonic() - begun  # what the server does with a part does not count against the sender
            if message is None or left < -self._seconds:  # the latter where parts drip in
                is_slow = True
                raise SlowSender
            left += len(message.get("body", b"")) / self._rate
            is_whole = not message.get("more_body", False)
            return message

        async def closing(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            if is_slow and message["type"] == "http.response.start":
                message["status"] = 408
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        try:
            await self.app(scope, in_time, closing)
        except SlowSender:
            if not is_answered:
                await PlainTextResponse("the request comes too slowly", 408)(scope, receive, closing)


async def _first_of(receive: Receive, *seconds: float) -> Message | None:
    """Wait for a message once for each of these times; none where it never came."""
    for limit in seconds:
        with suppress(TimeoutError):
            return await asyncio.wait_for(receive(), max(0.0, limit))
    return None


class HeadTimer:
    """Closes the connection of a protocol of uvicorn's on which the head of a request does not come in time."""

    def __init__(self, protocol: Any, seconds: float) -> None:  # noqa: ANN401 - HTTP by h11, or by httptools
        self._protocol, self._seconds = protocol, seconds
        self._timer: TimerHandle | None = None

    def look(self) -> None:
        """Begin to wait where the head of a request is to come, and wait no more where it has."""
        if not self._waits():
            self.forget()
        elif self._timer is None:
            self._timer = self._protocol.loop.call_later(self._seconds, self._end)

    def forget(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _waits(self) -> bool:
        """Tell whether the next to come is the head of a request; not so after an upgrade, nor during a response."""
        transport, cycle = self._protocol.transport, self._protocol.cycle
        is_ours = transport.get_protocol() is self._protocol and not transport.is_closing()
        return is_ours and (cycle is None or cycle.response_complete)

    def _end(self) -> None:
        self._timer = None
        if self._waits():
            self._protocol.transport.close()


def with_head_in_time(protocol: Any, seconds: float = HEAD_SECONDS) -> type[asyncio.Protocol]:  # noqa: ANN401 - a type
    """Make connections by a protocol of uvicorn's wait no longer for the head of a request."""

    class HeadInTime(protocol):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            self._head = HeadTimer(self, seconds)

        def connection_made(self, transport: Transport) -> None:
            super().connection_made(transport)
            self._head.look()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._head.look()

        def connection_lost(self, error: Exception | None) -> None:
            super().connection_lost(error)
            self._head.forget()

    return HeadInTime
