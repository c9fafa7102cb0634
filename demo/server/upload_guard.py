"""How much may be uploaded: in one file, in one request, by one visitor, and to the folder as a whole.

Gradio has one limit, for a file, which must leave room for the largest zip; the rest is looked at while it streams in.
"""

import os
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from time import monotonic
from typing import Any

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, multipart, parse_options_header
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.visitors import visitor_of
from demo.settings import Settings
from demo.web.request_guard import TOOLS

UPLOAD = "/gradio_api/upload"
MOST_FILES = 20  # of one request
LEAST = 4096  # bytes that the smallest upload takes of a disk
LOOK_SECONDS = 5.0  # from one sum of the folder to the next
VISITOR_SHARE = 4  # of the folder, one visitor may fill this part
ZIP_START = b"PK"
# Gradio answers with the sentence and HTTP 413 where it has these words, and deletes what has come so far.
TOO_LARGE = "more than the maximum allowed size"


@dataclass(frozen=True)
class UploadLimits:
    """Bytes that may come in."""

    file: int  # of a file that is no zip
    zipped: int  # of a zip, and of all files of a request
    folder: int  # of all files that are kept
    seconds: float  # for which they are kept

    @classmethod
    def of(cls, settings: Settings, seconds: float) -> "UploadLimits":
        """Give the limits of these settings."""
        return cls(settings.max_bytes, max(settings.max_bytes, settings.zip_bytes), settings.upload_bytes, seconds)

    @property
    def request(self) -> int:
        """Bytes of a request, with what is around its files."""
        return self.zipped + 2**16

    def too_large(self) -> str:
        """Say that a request is too large."""
        return f"the request has {TOO_LARGE} of {self.zipped / 2**20:g} MiB; send less at once"

    @property
    def visitor(self) -> int:
        """Bytes that one visitor may keep on the server."""
        return max(self.zipped, self.folder // VISITOR_SHARE)


class UploadGuard:
    """ASGI middleware that refuses uploads over the limits: 413 for the file or request, 429 and 507 for the room."""

    def __init__(self, app: ASGIApp, folder: Path, limits: UploadLimits, now: Callable[[], float] = monotonic) -> None:
        self.app = app
        self._limits, self._now = limits, now
        self._room = _Room(folder, now)
        self._gifts: deque[_Gift] = deque()  # as long as they are kept, the oldest first
        self._given: Counter[str] = Counter()  # bytes, by visitor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request here where there is no room for it, and count what comes where there is."""
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        is_upload = is_post and scope["path"].rstrip("/") == UPLOAD
        if not is_upload and not (is_post and scope["path"].startswith(TOOLS)):  # assistants send pictures as text
            return await self.app(scope, receive, send)
        visitor, said = visitor_of(scope), _announced(scope)
        if is_upload and said > self._limits.request:
            return await PlainTextResponse(self._limits.too_large(), 413)(scope, receive, send)
        if self._given_by(visitor) + said > self._limits.visitor:
            full = "you have uploaded much already; try again in some hours"
            return await PlainTextResponse(full, 429)(scope, receive, send)
        if self._room.used() + said > self._limits.folder:
            return await PlainTextResponse("the server's disk is full; try again later", 507)(scope, receive, send)
        upload = _Upload(self._limits, Headers(scope=scope).get("content-type", "")) if is_upload else None
        gift = _Gift(visitor, self._now())
        self._gifts.append(gift)
        self._given[visitor] += gift.bytes

        async def counted() -> Message:
            message = await receive()
            body = message.get("body", b"")
            gift.bytes += len(body)
            self._given[visitor] += len(body)
            self._room.add(len(body))
            if upload:
                upload.look(body)
            return message

        await self.app(scope, counted, send)

    def _given_by(self, visitor: str) -> int:
        """Count how many bytes a visitor has on the server."""
        old = self._now() - self._limits.seconds
        while self._gifts and self._gifts[0].time <= old:
            gift = self._gifts.popleft()
            self._given[gift.visitor] -= gift.bytes
            if not self._given[gift.visitor]:
                del self._given[gift.visitor]
        return self._given[visitor]


@dataclass
class _Gift:
    """How much a visitor has uploaded at once, and when."""

    visitor: str
    time: float
    bytes: int = LEAST


class _Upload:
    """One request: its files are counted as they come; raises MultiPartException where one is too large."""

    def __init__(self, limits: UploadLimits, content_type: str) -> None:
        self.bytes = 0
        self._limits = limits
        self._files = self._of_file = 0
        self._header = self._value = b""
        self._start = b""  # of the file that is coming, to see whether it is a zip
        self._is_zip = False
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        names = ("part_begin", "header_field", "header_value", "header_end", "part_data")
        callbacks: Any = {f"on_{name}": getattr(self, f"_{name}") for name in names}
        self._parser = multipart.MultipartParser(boundary, callbacks) if boundary else None

    def look(self, body: bytes) -> None:
        """Count a piece of the request."""
        self.bytes += len(body)
        if self.bytes > self._limits.request:
            raise MultiPartException(self._limits.too_large())
        if self._parser and body:
            self._parser.write(body)

    def _part_begin(self) -> None:
        self._of_file, self._start, self._is_zip = 0, b"", False
        self._files += 1
        if self._files > MOST_FILES:
            raise MultiPartException(f"more than {MOST_FILES} files come at once; send fewer")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end].lower()

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header == b"content-disposition":
            name = parse_options_header(self._value)[1].get(b"filename", b"")
            self._is_zip = PurePath(name.decode("latin-1")).suffix.lower() == ".zip"
        self._header = self._value = b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._of_file += end - start
        if self._is_zip and len(self._start) < len(ZIP_START):
            self._start += data[start : min(end, start + len(ZIP_START))]
            self._is_zip = ZIP_START.startswith(self._start[: len(ZIP_START)])
        most = self._limits.zipped if self._is_zip else self._limits.file
        if self._of_file > most:
            raise MultiPartException(f"the file has {TOO_LARGE} of {most / 2**20:g} MiB; make it smaller first")


class _Room:
    """How much of the folder is used: summed now and then, and counted between."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self._folder, self._now = folder, now
        self._used, self._looked = 0, float("-inf")

    def add(self, count: int) -> None:
        """Count bytes that have come since the folder was summed."""
        self._used += count

    def used(self) -> int:
        """Give the bytes in the folder."""
        if self._now() - self._looked > LOOK_SECONDS:
            self._used, self._looked = _size_of(self._folder), self._now()
        return self._used


def _size_of(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size
            except OSError:  # deleted meanwhile
                continue
    return total


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() else 0
