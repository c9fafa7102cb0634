"""How much may be uploaded: in one file, in one request, by one visitor, and to the folder as a whole.

Gradio has one limit, for a file, which must leave room for the largest zip; the rest is looked at while it streams in.
"""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from starlette.datastructures import Headers
from starlette.formparsers import MultiPartException, multipart, parse_options_header
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demo.server.room import ALL_FULL, VISITOR_FULL, Room
from demo.server.visitors import visitor_of
from demo.settings import Settings
from demo.web.request_guard import TOOLS

UPLOAD = "/gradio_api/upload"
MOST_FILES = 20  # of one request
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

    def __init__(self, app: ASGIApp, room: Room, limits: UploadLimits) -> None:
        self.app = app
        self._room, self._limits = room, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request here where there is no room for it, and count what comes where there is."""
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        is_upload = is_post and scope["path"].rstrip("/") == UPLOAD
        if not is_upload and not (is_post and scope["path"].startswith(TOOLS)):  # assistants send pictures as text
            return await self.app(scope, receive, send)
        visitor, said = visitor_of(scope), _announced(scope)
        if is_upload and said > self._limits.request:
            return await PlainTextResponse(self._limits.too_large(), 413)(scope, receive, send)
        if self._room.is_full_for(visitor, said):
            return await PlainTextResponse(VISITOR_FULL, 429)(scope, receive, send)
        if self._room.is_full(said):
            return await PlainTextResponse(ALL_FULL, 507)(scope, receive, send)
        upload = _Upload(self._limits, Headers(scope=scope).get("content-type", "")) if is_upload else None
        gift = self._room.begin(visitor)

        async def counted() -> Message:
            message = await receive()
            body = message.get("body", b"")
            self._room.add(gift, len(body))
            if upload:
                upload.look(body)
            return message

        await self.app(scope, counted, send)


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


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() else 0
