"""What fails unexpectedly, by a useless request or a fault of ours, ends in one sentence and one line of log.

Gradio would answer `null`, and write the stack trace with all that was sent, whole pictures included, into the log.
"""

import json
import logging
import traceback
from collections import Counter

from fastapi.exceptions import RequestValidationError
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zoo.command_line import on_one_line

log = logging.getLogger(__name__)

NO_BODY = "the body cannot be used; send "
IN_ORDER = 'JSON with the arguments in order, as in {"data": ["cat"]}; see the API page'
BY_NAME = 'JSON with the arguments by name, as in {"query": "cat"}; see the API page'
UNUSABLE = "the request cannot be used: its data are not what this endpoint takes; see the API page"
NO_UPLOAD = "this is not an uploaded file; upload it first"
FAILED = "this went wrong on the server; try another picture or other settings"
MOST_LINES = 100  # of the log for the same place, and after that every hundredth
LONGEST_LINE = 300  # characters
_told: Counter[str] = Counter()


class FailureGuard:
    """ASGI middleware that answers a request which fails with a sentence instead of a stack trace."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer it here where that fails before an answer began."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except HTTPException:
            raise
        except Exception as error:
            note(error)
            if not begun:
                await PlainTextResponse(UNUSABLE, 400)(scope, receive, send)


async def refuse_request(request: Request, error: Exception) -> Response:
    """Answer a request whose body or address lacks what its route takes; FastAPI would list the faults."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    in_body = all(fault["loc"][0] == "body" for fault in faults)
    return PlainTextResponse(NO_BODY + _wanted(request.scope["route"]) if in_body else UNUSABLE, 400)


def _wanted(route: APIRoute) -> str:
    """Say what the body of a route's requests is to be."""
    assert route.body_field is not None
    wanted = route.body_field.field_info
    kind = wanted.annotation
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return BY_NAME
    required = {name: field for name, field in kind.model_fields.items() if field.is_required()}
    if list(required) == ["data"]:
        return IN_ORDER
    if isinstance(wanted, Form):
        return f"a form with {' and '.join(required)}"
    example = {name: 0 if field.annotation is int else "..." for name, field in required.items()}
    return f"JSON such as {json.dumps(example)}"


def note(error: Exception) -> None:
    """Write one line about an error into the log: what, where, and nothing of what was sent."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
    _told[place] += 1
    if _told[place] <= MOST_LINES or _told[place] % MOST_LINES == 0:
        words = "" if isinstance(error, ValidationError) else f": {error}"  # pydantic quotes what it was given
        line = on_one_line(f"{type(error).__name__} at {place}{words}")
        log.error("%s", line[:LONGEST_LINE])
    log.debug("the same in full", exc_info=error)


def sentence_of(error: Exception) -> str:
    """Say to a visitor what an unexpected error means."""
    if type(error).__name__ == "InvalidPathError":
        return NO_UPLOAD
    if isinstance(error, (ValidationError, ValueError, TypeError, LookupError, AttributeError)):
        return UNUSABLE
    return FAILED
