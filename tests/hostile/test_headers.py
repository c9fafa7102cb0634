"""Answers say that they are what they say, and that other sites do not frame them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from demo.web.request_guard import RequestGuard


def headers_of_an_answer() -> dict[bytes, bytes]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    with ThreadPoolExecutor(1) as pool:  # a thread of its own: a browser of another test may have a loop in this one
        pool.submit(lambda: asyncio.run(RequestGuard(PlainTextResponse("page"))(scope, receive, send))).result()
    return dict(sent[0]["headers"])


@pytest.mark.parametrize("in_space", [False, True])
def test_only_a_space_may_frame_the_page(in_space: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACE_ID", raising=False)
    if in_space:
        monkeypatch.setenv("SPACE_ID", "someone/iris")
    headers = headers_of_an_answer()
    assert headers[b"x-content-type-options"] == b"nosniff" and headers[b"referrer-policy"] == b"same-origin"
    assert (b"x-frame-options" in headers) != in_space
