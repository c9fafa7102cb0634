"""Only pages of this server use it: foreign host names and origins are refused, and who may frame it is said.

A page of another site can send requests to any address that its visitor reaches. By a name that it lets point here
(DNS rebinding) it would even read the answers; Gradio allows every origin unless the host is "localhost".
"""

import os
import socket
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.settings import Settings

LOCAL_NAMES = ("localhost", "*.localhost")
SHARED_NAMES = ("*.gradio.live",)
SPACE_NAMES = ("*.hf.space", "huggingface.co")
SPACE_FRAMES = "frame-ancestors 'self' https://huggingface.co https://*.hf.space"
OWN_FRAMES = "frame-ancestors 'self'"


class OriginGuard:
    """ASGI middleware that refuses requests by foreign names and from foreign pages, and adds headers to answers."""

    def __init__(self, app: ASGIApp, names: Collection[str], pages: Collection[str] = ()) -> None:
        self.app = app
        self._names, self._pages = (tuple(name.lower() for name in some) for some in (names, pages))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request here where it is refused, and pass it on where it is not."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        send = with_safe_headers(send, may_frame="SPACE_ID" in os.environ)
        if sentence := self._refusal(Headers(scope=scope)):
            return await PlainTextResponse(sentence, 403)(scope, receive, send)
        await self.app(scope, receive, send)

    def _refusal(self, headers: Headers) -> str:
        """Why a request is refused; empty where it is not."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._is_own(host):
            return "this server does not answer to that name; start it with --hosts NAME"
        if origin is not None and not self._is_same(origin, host):
            return "only pages of this server may use it; start it with --hosts NAME to let another one"
        is_foreign = headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate"
        return "only pages of this server may use it" if is_foreign and origin is None else ""

    def _is_own(self, host: str) -> bool:
        """Tell whether a host is an address, which nobody can let point elsewhere, or a name of this server."""
        name = _name_of(host)
        try:
            ip_address(name)
        except ValueError:
            return _fits(name, self._names)
        return True

    def _is_same(self, origin: str, host: str) -> bool:
        try:
            netloc = urlsplit(origin).netloc.lower()
        except ValueError:
            return False
        return bool(netloc) and (netloc == host.lower() or self._is_listed_origin(netloc))

    def _is_listed_origin(self, netloc: str) -> bool:
        """Tell whether a page of another port or scheme has a name that a proxy shows: this machine has other pages."""
        return _fits(_name_of(netloc), self._pages)


def own_names(settings: Settings) -> tuple[str, ...]:
    """Give the host names by which this server may be called, besides any address."""
    machine = socket.gethostname()
    return (*LOCAL_NAMES, settings.host, machine, f"{machine.partition('.')[0]}.local", *own_pages(settings))


def own_pages(settings: Settings) -> tuple[str, ...]:
    """Give the host names under which proxies show the page, whatever their port and scheme."""
    names = [*settings.hosts]
    if settings.share:
        names += SHARED_NAMES
    if "SPACE_ID" in os.environ:
        names += SPACE_NAMES
    return tuple(names)


def with_safe_headers(send: Send, *, may_frame: bool) -> Send:
    """Send answers that no browser takes for another type and that only a Space, if any site, frames."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "same-origin"
            headers["Content-Security-Policy"] = SPACE_FRAMES if may_frame else OWN_FRAMES
            if not may_frame:
                headers["X-Frame-Options"] = "SAMEORIGIN"
        await send(message)

    return sending


def _name_of(netloc: str) -> str:
    try:
        return (urlsplit(f"//{netloc}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _fits(name: str, patterns: Collection[str]) -> bool:
    """Tell whether a name is one of these, of which "*.example.org" stands for all below it."""
    return bool(name) and any(
        name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern for pattern in patterns
    )
