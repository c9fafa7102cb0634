"""With a login, nothing is done and nothing told before it, and guessing is slow.

Gradio asks for the login on most of its routes, but not on those that cancel jobs, keep a session or tell of the app.
"""

from collections import OrderedDict, deque
from collections.abc import Callable
from time import monotonic

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.visitors import visitor_of

LOGIN = "/login"
BEFORE_LOGIN = frozenset(
    {
        "/", "/login", "/favicon.ico", "/theme.css", "/robots.txt", "/manifest.json", "/pwa_icon",
        "/gradio_api/login_check", "/gradio_api/theme.css",
    }
)  # fmt: skip
ASSETS = ("/assets/", "/static/", "/svelte/")  # parts of Gradio's page, the same for everyone
STARTUP = "/gradio_api/startup-events"
GUESSES, GUESS_SECONDS = 5, 60.0  # so many wrong logins in so many seconds
REMEMBERED = 10_000  # visitors who guessed


class LoginGuard:
    """ASGI middleware that asks for the login on every route but those of the login itself, and slows guessing."""

    def __init__(self, app: ASGIApp, now: Callable[[], float] = monotonic) -> None:
        self.app = app
        self._now = now
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request here where it is refused, and pass it on where it is not."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        path = scope["path"].rstrip("/") or "/"
        if path == LOGIN:
            return await self._log_in(scope, receive, send)
        if path in BEFORE_LOGIN or path.startswith(ASSETS) or _is_start(scope, path) or is_logged_in(scope):
            return await self.app(scope, receive, send)
        await JSONResponse({"detail": {"error": "Not authenticated", "auth_message": None}}, 401)(scope, receive, send)

    async def _log_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor = visitor_of(scope)
        if wait := self._seconds_to_wait(visitor):
            refused = PlainTextResponse(f"too many wrong logins; try again in {wait:.0f} s", 429)
            refused.headers["Retry-After"] = f"{wait:.0f}"
            return await refused(scope, receive, send)
        times = self._wrong.setdefault(visitor, deque(maxlen=GUESSES))
        times.append(self._now())  # wrong until it proves right: guesses at the same time count, too

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                self._wrong.pop(visitor, None)
            await send(message)

        while len(self._wrong) > REMEMBERED:
            self._wrong.popitem(last=False)
        await self.app(scope, receive, sending)

    def _seconds_to_wait(self, visitor: str) -> float:
        times = self._wrong.get(visitor, ())
        return max(0.0, times[0] + GUESS_SECONDS - self._now()) if len(times) == GUESSES else 0.0


def is_logged_in(scope: Scope) -> bool:
    """Tell whether a request carries the cookie that Gradio gave at the login."""
    app = scope["app"]
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    return any(cookies.get(name) in app.tokens for name in names)


def _is_start(scope: Scope, path: str) -> bool:
    """Tell whether this is the request by which Gradio starts its queue, from this very process."""
    return path == STARTUP and not scope["app"].startup_events_triggered
