"""Who sends a request byte by byte is cut off; who sends it as programs do is answered."""

import socket
import time
from collections.abc import Iterator
from threading import Thread

import httpx
import pytest
import uvicorn
from page_server import PATIENCE
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from demo.server.failures import FailureGuard
from demo.server.slow_senders import BodyGuard, with_head_in_time

SECONDS = 0.5  # in which a request must come here


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the length of the body; at /busy after the server could read nothing for a while."""
    if scope["path"] == "/busy":
        time.sleep(2 * SECONDS)  # which holds up all that it does
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server that waits for half a second."""
    config = uvicorn.Config(FailureGuard(BodyGuard(echo, SECONDS, rate=1e6)), timeout_keep_alive=1, log_level="error")
    config.load()
    config.http_protocol_class = with_head_in_time(config.http_protocol_class, SECONDS)
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


def answer_to(port: int, sent: bytes) -> bytes:
    """What comes back, until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(4096), b""))


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: "])
def test_a_connection_without_the_head_of_a_request_is_closed(sent: bytes, port: int) -> None:
    assert answer_to(port, sent) == b""


def test_a_second_request_on_a_connection_is_to_come_in_time_as_well(port: int) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    answer = answer_to(port, whole + b"GET / HTTP/1.1\r\n")
    assert answer.startswith(b"HTTP/1.1 200") and answer.count(b"HTTP/1.1") == 1


def test_a_body_that_does_not_come_ends_the_request_and_the_connection(port: int) -> None:
    answer = answer_to(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx")
    assert answer.startswith(b"HTTP/1.1 408") and b"connection: close" in answer.lower()


def test_requests_that_come_are_answered_on_one_connection(port: int) -> None:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
        assert [client.post("/", content=b"x" * size).text for size in (0, 7, 200_000)] == ["0", "7", "200000"]


def test_a_body_that_came_while_the_server_was_busy_is_read(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(b"POST /busy HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n")
        time.sleep(SECONDS)  # the head is read by itself, and the server is busy
        connection.sendall(b"x" * 1000)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"1000")
