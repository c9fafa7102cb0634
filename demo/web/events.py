"""How handlers meet the page and the web API: checked arguments, one sentence a refusal, one queue a kind of job."""

import html
import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import islice
from typing import Annotated, get_type_hints

import gradio as gr
from gradio.blocks import Block
from gradio.events import Dependency
from pydantic import Field, TypeAdapter, ValidationError

from zoo.errors import BadInput, IrisError

Parts = Block | Sequence[Block] | None
Updates = dict[Block, object]

# What the web API accepts: callers over HTTP send any JSON.
Count = Annotated[int, Field(ge=1, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]
Side = Annotated[int, Field(ge=64, le=768)]
Rounds = Annotated[int, Field(ge=1, le=500)]
Width = Annotated[int, Field(ge=1, le=65_500)]


def listen(trigger: Callable, handler: Callable, inputs: Parts, outputs: Parts, **options: object) -> Dependency:
    """Wire a private event of the page; its handler gets uploads as they came, not decoded by Gradio.

    Gradio's own preprocessing of pictures loses the EXIF turn, 16 bits and the profile, and fails with a stack trace.
    """
    given = {"preprocess": False, "api_visibility": "private", "show_progress": "hidden"} | options
    return trigger(friendly(handler), inputs, outputs, **given)


def portions(values: Sequence[object], *groups: Sequence[Block]) -> list[list[object]]:
    """The values that a handler got for each group of its inputs."""
    waiting = iter(values)
    return [list(islice(waiting, len(group))) for group in groups]


def queued(kind: str, jobs: int, status: Block) -> dict[str, object]:
    """The options of a job that waits in the queue of its kind, and shows its place in it on `status`."""
    shown = {"show_progress": "minimal", "show_progress_on": status}
    return {"concurrency_id": kind, "concurrency_limit": jobs} | shown


def publish(function: Callable, *, kind: str, jobs: int) -> None:
    """Make a function a stable endpoint of the web API, under its own name, in the queue of its kind of job."""
    gr.api(friendly(checked(function)), api_name=function.__name__, concurrency_id=kind, concurrency_limit=jobs)


def friendly(handler: Callable) -> Callable:
    """The handler, with every refusal turned into one sentence; the one place of the page that catches them."""

    @wraps(handler)
    def steps(*arguments: object, **named: object) -> Iterator[object]:
        try:
            yield from handler(*arguments, **named)
        except IrisError as error:
            raise _refusal(error) from error

    @wraps(handler)
    def answer(*arguments: object, **named: object) -> object:
        try:
            return handler(*arguments, **named)
        except IrisError as error:
            raise _refusal(error) from error

    return steps if inspect.isgeneratorfunction(handler) else answer


def checked(function: Callable) -> Callable:
    """The function, refusing arguments that are not of its annotated types, each by its name."""
    signature = inspect.signature(function)
    types = {
        name: TypeAdapter(hint)
        for name, hint in get_type_hints(function, include_extras=True).items()
        if name != "return"
    }

    def arguments(*given: object, **named: object) -> dict[str, object]:
        bound = signature.bind(*given, **named).arguments
        return {name: _valid(name, types[name], value) for name, value in bound.items()}

    @wraps(function)
    def steps(*given: object, **named: object) -> Iterator[object]:
        yield from function(**arguments(*given, **named))

    @wraps(function)
    def answer(*given: object, **named: object) -> object:
        return function(**arguments(*given, **named))

    return steps if inspect.isgeneratorfunction(function) else answer


def _valid(name: str, kind: TypeAdapter, value: object) -> object:
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        raise BadInput(f"{name} cannot be used: {error.errors()[0]['msg'].lower()}; see the API page") from error


def _refusal(error: Exception) -> gr.Error:
    """What the page shows of an error: its sentence, escaped (Gradio renders it as HTML), and no stack trace."""
    return gr.Error(html.escape(str(error), quote=False), print_exception=False)
