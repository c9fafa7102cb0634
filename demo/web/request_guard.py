"""A middleware before Gradio, which would fetch any address that a request names, and serve it as its own."""

import json
import re
from collections.abc import Iterator, Mapping
from inspect import Parameter, Signature
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zoo.errors import BadInput

CALL, JOIN = "/gradio_api/call/", "/gradio_api/queue/join"
MAX_REQUEST = 2**20  # bytes of a request that is not an upload
TOOLS = "/gradio_api/mcp"
OWN_ADDRESS = re.compile(rb'"path":\s*"https?://[^"/]+/gradio_api/file=(/[^"%]+)"')  # of an upload: never fetched
FETCHING = ("/gradio_api/file=http", "/gradio_api/proxy=")
# Routes of Gradio's that the page does not use: one runs ffmpeg on what anybody sends, one looks twenty times a second.
UNUSED = (
    "/gradio_api/process_recording", "/gradio_api/vibe-", "/gradio_api/undo-vibe-edit", "/gradio_api/dev/",
    "/gradio_api/deep_link", "/gradio_api/runs", "/gradio_api/run-history", "/gradio_api/profiling", "/monitoring",
    "/gradio_api/component_server", "/gradio_api/custom_component",
)  # fmt: skip


class RequestGuard:
    """ASGI middleware that turns away requests naming files elsewhere and requests that are too large.

    Calls of the web API get the defaults of what they leave out, and a sentence where something is missing.
    """

    def __init__(
        self, app: ASGIApp, endpoints: Mapping[str, Signature] = MappingProxyType({}), largest_tool_call: int = 0
    ) -> None:
        self.app = app
        self._endpoints, self._largest_tool_call = endpoints, largest_tool_call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request here where it is turned away, and pass it on where it is not."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if scope["path"].startswith(FETCHING):
            return await _refused(403, "only files of this server are served")(scope, receive, send)
        if scope["path"].startswith(UNUSED):
            return await _refused(404, "there is no such page")(scope, receive, send)
        if scope["method"] != "POST" or scope["path"] == "/gradio_api/upload":
            return await self.app(scope, receive, send)
        body, most = b"", MAX_REQUEST
        if scope["path"].startswith(TOOLS):
            most = max(most, self._largest_tool_call)
        async for chunk in Request(scope, receive).stream():
            body += chunk
            if len(body) > most:
                return await _refused(413, "the request is too large; upload pictures as files")(scope, receive, send)
        body = OWN_ADDRESS.sub(rb'"path": "\1"', body)
        if any(path.lower().startswith(("http:", "https:")) for path in _paths(body)):
            return await _refused_address(scope["path"])(scope, receive, send)
        try:
            body = self._completed(scope["path"], body)
        except BadInput as error:
            return await _refused(400, str(error))(scope, receive, send)
        await self.app(scope, _again(body, receive), send)

    def _completed(self, path: str, body: bytes) -> bytes:
        """Give a call of the web API with every argument in its place; raises BadInput for one that is missing."""
        name = path.removeprefix(CALL).strip("/")
        if not path.startswith(CALL) or "/" in name:
            return body
        if name not in self._endpoints:
            raise BadInput(f"there is no endpoint {name[:40]!r}; use one of {', '.join(sorted(self._endpoints))}")
        try:
            call = json.loads(body)
            given = call["data"]
        except (ValueError, LookupError, TypeError, RecursionError):
            return body  # which FastAPI refuses
        if not isinstance(given, list):
            return body
        call["data"] = complete_arguments(given, self._endpoints[name])
        return json.dumps(call).encode()


def complete_arguments(given: list[object], signature: Signature) -> list[object]:
    """Arguments by position, with the defaults of those that are left out; raises BadInput for one that is missing."""
    if len(given) > len(signature.parameters):
        raise BadInput(f"there are {len(given)} arguments, more than {len(signature.parameters)}; see the API page")
    completed = []
    for place, parameter in enumerate(signature.parameters.values()):
        if place >= len(given) and parameter.default is Parameter.empty:
            raise BadInput(f"{parameter.name} is missing; see the API page")
        value = given[place] if place < len(given) else parameter.default
        if "FileData" in str(parameter.annotation) and isinstance(value, str):
            raise BadInput(f"{parameter.name} must be an uploaded file; POST it to /gradio_api/upload first")
        completed.append(value)
    return completed


def _refused(status: int, sentence: str) -> PlainTextResponse:
    return PlainTextResponse(sentence, status)


def _refused_address(path: str) -> Response:
    """Refuse an address as Gradio's client shows it, whose calls join the queue, and as a text to others."""
    sentence = 'send the picture itself, not its address; with the Python client, handle_file("photo.jpg")'
    if path.rstrip("/") != JOIN:
        return _refused(400, sentence)
    fault = {"__type__": "validate", "is_valid": False, "parameter_name": "picture", "message": sentence}
    return JSONResponse({"detail": [fault]}, 422)


def _paths(body: bytes) -> Iterator[str]:
    """List every file path that a JSON body names."""
    try:
        waiting = [json.loads(body)]
    except (ValueError, RecursionError):
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
            if isinstance(value.get("path"), str):
                yield value["path"]
        elif isinstance(value, list):
            waiting.extend(value)


def _again(body: bytes, receive: Receive) -> Receive:
    """Give a request's receive that gives the body once more, and then goes on as before."""
    kept: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def given() -> Message:
        return kept.pop() if kept else await receive()

    return given
