"""With a login: nothing before it, and guessing is slow."""

from types import SimpleNamespace

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from demo.server.login import GUESS_SECONDS, GUESSES, LoginGuard


class Clock:
    """A clock that a test sets."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def guarded(clock: Clock | None = None, address: str = "203.0.113.7") -> TestClient:
    """A caller of an app that lets the password "right" in."""
    app = SimpleNamespace(cookie_id="c", tokens={"token": "me"}, startup_events_triggered=True)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        is_wrong = scope["path"] == "/login" and scope["query_string"] != b"right"
        await PlainTextResponse("answer", 400 if is_wrong else 200)(scope, receive, send)

    guard = LoginGuard(answer, clock or Clock())

    async def with_app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await guard({**scope, "app": app}, receive, send)

    return TestClient(with_app, client=(address, 1))


@pytest.mark.parametrize(
    "path",
    [
        "/config", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/heartbeat/1", "/gradio_api/openapi.json",
        "/gradio_api/startup-events", "/gradio_api/app_id", "/gradio_api/token", "/gradio_api/upload", "/logout",
        "/gradio_api/stream/1", "/monitoring/x", "/gradio_api/file=/etc/passwd", "/nothing", "/gradio_api/call/models",
    ],
)  # fmt: skip
def test_nothing_is_done_or_told_without_the_login(path: str) -> None:
    caller = guarded()
    assert {caller.get(path).status_code, caller.post(path).status_code} == {401}
    caller.cookies.set("access-token-unsecure-c", "token")
    assert caller.get(path).status_code == 200


def test_a_wrong_cookie_is_no_login() -> None:
    caller = guarded()
    caller.cookies.set("access-token-c", "guess")
    assert caller.get("/config").status_code == 401


@pytest.mark.parametrize("path", ["/", "/theme.css", "/assets/index.js", "/static/img/logo.svg"])
def test_the_page_of_the_login_is_served(path: str) -> None:
    assert guarded().get(path).status_code == 200


def test_guessing_is_slow_and_the_right_password_waits_as_well() -> None:
    clock = Clock()
    caller = guarded(clock)
    assert [caller.post("/login").status_code for _ in range(GUESSES)] == [400] * GUESSES
    refused = caller.post("/login?right")
    assert refused.status_code == 429 and "too many wrong logins" in refused.text
    clock.seconds = GUESS_SECONDS
    assert caller.post("/login?right").status_code == 200


def test_who_logs_in_may_be_wrong_again() -> None:
    caller = guarded()
    for _ in range(3):
        assert [caller.post(path).status_code for path in ("/login", "/login?right")] == [400, 200]
