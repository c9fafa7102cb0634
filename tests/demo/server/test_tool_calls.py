"""A call of an assistant is its visitor's, whatever its headers say; and routes that nobody needs are closed."""

import os

import httpx
import pytest
from page_server import PATIENCE, Server
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from demo.server.tool_calls import TRUSTED, ToolCallGuard, trust_own_calls

ROUTES = (
    ("POST", "process_recording"), ("POST", "vibe-edit"), ("GET", "vibe-code"), ("POST", "undo-vibe-edit"),
    ("GET", "dev/reload"), ("GET", "deep_link?session_hash=x"), ("POST", "component_server"), ("GET", "runs"),
    ("POST", "run-history/connect"), ("GET", "profiling/traces"), ("GET", "custom_component/a/client/b/c.js"),
)  # fmt: skip


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the headers that came."""
    await JSONResponse(list(Headers(scope=scope).items()))(scope, receive, send)


def headers_after(path: str, **headers: str) -> dict[str, list[str]]:
    """Collect the headers that Gradio would see of a caller at 203.0.113.7."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found: dict[str, list[str]] = {}
    for name, value in TestClient(ToolCallGuard(told), client=("203.0.113.7", 1)).post(path, headers=named).json():
        found.setdefault(name, []).append(value)
    return found


def test_the_address_of_an_assistant_is_the_one_that_it_calls_from() -> None:
    found = headers_after("/gradio_api/mcp/", x_forwarded_for="198.51.100.1", forwarded="for=1", cookie="a=b")
    assert found["x-forwarded-for"] == ["203.0.113.7"] and "forwarded" not in found and found["cookie"] == ["a=b"]


def test_other_requests_are_as_they_came() -> None:
    assert headers_after("/gradio_api/queue/join", x_forwarded_for="198.51.100.1")["x-forwarded-for"] == [
        "198.51.100.1"
    ]


@pytest.mark.parametrize(
    ("given", "trusted"),
    [(None, "127.0.0.1"), ("10.0.0.1", "10.0.0.1,127.0.0.1"), ("*", "*"), ("127.0.0.1,::1", "127.0.0.1,::1")],
)
def test_calls_from_this_machine_are_believed(given: str | None, trusted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRUSTED, raising=False)
    if given:
        monkeypatch.setenv(TRUSTED, given)
    trust_own_calls()
    assert os.environ.get(TRUSTED, "127.0.0.1") == trusted


@pytest.mark.parametrize(("method", "route"), ROUTES)
def test_routes_that_the_page_does_not_use_are_closed(method: str, route: str, server: Server) -> None:
    answer = httpx.request(method, f"{server.url}/gradio_api/{route}", timeout=PATIENCE)
    assert (answer.status_code, answer.text) == (404, "there is no such page")
