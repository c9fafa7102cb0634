"""How handlers meet the page and the web API: validated arguments, and every refusal as one sentence."""

import html
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial, wraps
from typing import Annotated, Any, Literal

import gradio as gr
from gradio.blocks import Block
from gradio.events import Dependency
from pydantic import Field, ValidationError, validate_call

from zoo.errors import BadInput, IrisError

# For events of which the page knows by `js` alone
IN_BROWSER: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
Parts = Block | Sequence[Block] | set[Block] | None
Updates = dict[Block, object]
Values = Mapping[Block, Any]  # what a handler gets whose inputs are a set: the value of each

# What the web API accepts: callers over HTTP send any JSON.
Count = Annotated[int, Field(ge=1, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]
Side = Annotated[int, Field(ge=64, le=768)]
Rounds = Annotated[int, Field(ge=1, le=500)]
Width = Annotated[int, Field(ge=1, le=65_500)]
Scale = Literal[2, 3, 4, 8]

WORDS = {  # what pydantic says of a value, in words of people
    "int_parsing": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "int_type": "it must be a whole number",
    "float_parsing": "it must be a number",
    "float_type": "it must be a number",
    "finite_number": "it must be a number",
    "bool_parsing": "it must be true or false",
    "bool_type": "it must be true or false",
    "string_type": "it must be a text",
    "dict_type": "it must be names with their values",
    "model_type": "it must be an uploaded file",
    "model_attributes_type": "it must be an uploaded file",
    "missing_argument": "it is missing",
    "missing": "it is missing",
    "literal_error": "it must be {expected}",
    "greater_than_equal": "it must be at least {ge:g}",
    "less_than_equal": "it must be at most {le:g}",
}


def on_event(
    trigger: Callable | Sequence[Callable], handler: Callable, inputs: Parts, outputs: Parts, **options: object
) -> Dependency:
    """Wire a private event of the page, or several to one handler, which gets uploads as they came.

    Gradio's own preprocessing of pictures loses the EXIF turn, 16 bits and the profile, and fails with a stack trace.
    """
    given = {"preprocess": False, "api_visibility": "private", "show_progress": "hidden"} | options
    triggers = [trigger] if callable(trigger) else list(trigger)
    wire = triggers[0] if len(triggers) == 1 else partial(gr.on, triggers)
    return wire(as_user_errors(handler), inputs, outputs, **given)


def as_user_errors(handler: Callable) -> Callable:
    """Turn every refusal of a handler into one sentence; the one place of the page that catches them."""

    @wraps(handler)
    def steps(*arguments: object, **named: object) -> Iterator[object]:
        try:
            yield from handler(*arguments, **named)
        except IrisError as error:
            raise shown_error(error) from error

    @wraps(handler)
    def answer(*arguments: object, **named: object) -> object:
        try:
            return handler(*arguments, **named)
        except IrisError as error:
            raise shown_error(error) from error

    return steps if inspect.isgeneratorfunction(handler) else answer


def validate_arguments(function: Callable) -> Callable:
    """Refuse arguments that are not of a function's annotated types, each by its name; raises BadInput."""
    signature, validated = inspect.signature(function), validate_call(function)

    def call(*given: object, **named: object) -> Any:  # noqa: ANN401
        try:
            return validated(**signature.bind(*given, **named).arguments)
        except ValidationError as error:
            raise BadInput(argument_sentence(error)) from error

    @wraps(function)
    def steps(*given: object, **named: object) -> Iterator[object]:
        yield from call(*given, **named)

    @wraps(function)
    def answer(*given: object, **named: object) -> object:
        return call(*given, **named)

    return steps if inspect.isgeneratorfunction(function) else answer


def argument_sentence(error: ValidationError) -> str:
    """Say which argument cannot be used and what it must be."""
    fault = error.errors()[0]
    reason = WORDS.get(fault["type"]) or fault["msg"].lower().replace("input should", "it must")
    return f"{fault['loc'][0]} cannot be used: {reason.format(**fault.get('ctx', {}))}"


def shown_error(error: Exception, *, visible: bool = True) -> gr.Error:
    """Give an error as the page shows it: its sentence, escaped (Gradio renders it as HTML), and no stack trace."""
    return gr.Error(html.escape(str(error), quote=False), print_exception=False, visible=visible)
