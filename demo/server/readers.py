"""Who reads results, and how many connections each visitor holds."""

from collections import Counter
from urllib.parse import parse_qs

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from demo.server.visitors import visitor_of

CALL, DATA = "/gradio_api/call/", "/gradio_api/queue/data"
VISITOR_CONNECTIONS = 400  # that one visitor may hold at once: a page holds two


class Readers:
    """The jobs and sessions whose results are read at the moment."""

    def __init__(self) -> None:
        self._reading: Counter[str] = Counter()

    def now(self) -> set[str]:
        """Give the ids of these jobs and sessions."""
        return set(self._reading)

    def begin(self, name: str) -> None:
        """Count a reader."""
        self._reading[name] += 1

    def end(self, name: str) -> None:
        """Count a reader no more."""
        self._reading[name] -= 1
        self._reading += Counter()  # without those at zero


class ConnectionGuard:
    """ASGI middleware that counts a visitor's open requests, and tells whose results are read."""

    def __init__(self, app: ASGIApp, readers: Readers, most: int = VISITOR_CONNECTIONS) -> None:
        self.app = app
        self._readers, self._most = readers, most
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request of a visitor who has too many open, and pass it on otherwise."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        visitor, read = visitor_of(scope), what_is_read(scope)
        if self._open[visitor] >= self._most:
            return await PlainTextResponse("too many open connections; close some", 429)(scope, receive, send)
        self._open[visitor] += 1
        self._readers.begin(read)
        try:
            await self.app(scope, receive, send)
        finally:
            self._readers.end(read)
            self._open[visitor] -= 1
            if not self._open[visitor]:
                del self._open[visitor]


def what_is_read(scope: Scope) -> str:
    """Give the job or session whose results a request reads; empty where it reads none."""
    path = scope["path"].rstrip("/")
    if scope["method"] != "GET":
        return ""
    if path == DATA:
        return parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
    return path.rpartition("/")[2] if path.startswith(CALL) else ""
