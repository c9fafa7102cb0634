"""Stable endpoints of the web API: checked arguments, and all that a caller needs to know of them in the schema."""

import inspect
from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any, cast

import gradio as gr
from gradio.components.api_component import Api
from gradio.context import get_blocks_context
from gradio.utils import get_function_description
from gradio_client.utils import python_type_to_json_schema
from pydantic import TypeAdapter

from demo.web.events import as_user_errors, validate_arguments

FILE = {"path": "photo.jpg", "url": "photo.jpg", "orig_name": "photo.jpg", "meta": {"_type": "gradio.FileData"}}
Choices = Mapping[str, Sequence[str]]


def register_endpoint(function: FunctionType, *, limit: int | None = None, choices: Choices | None = None) -> None:
    """Make a function a stable endpoint of the web API, and a tool of the MCP server, under its own name.

    Its docstring says what it does, and in lines below "Args:" what each argument is. `choices` are the values that
    arguments may have, or the names in them where they are names with shares. At most `limit` calls run at a time;
    without one, its jobs wait in a `WaitingLine`.
    """
    gr.api(as_user_errors(validate_arguments(function)), api_name=function.__name__, concurrency_limit=limit)
    page = get_blocks_context()
    [made] = [one for one in page.fns.values() if one.api_name == function.__name__] if page else []
    _, told, _ = get_function_description(function)
    for component, parameter in zip(made.inputs, inspect.signature(function).parameters.values(), strict=True):
        schema = schema_of(parameter.annotation, (choices or {}).get(parameter.name))
        _describe(cast(Api, component), told[parameter.name], schema)
    gives_file = inspect.isgeneratorfunction(function)
    result = gr.FileData if gives_file else inspect.signature(function).return_annotation
    for component in made.outputs:
        _describe(cast(Api, component), "The result", schema_of(result))


def schema_of(annotation: Any, choices: Sequence[str] | None = None) -> dict[str, Any]:  # noqa: ANN401 - a type
    """Give the JSON schema of an argument with its range; `choices` are its values, or the names in it."""
    if "FileData" in str(annotation):
        return python_type_to_json_schema(annotation)
    schema = TypeAdapter(annotation).json_schema()
    kinds = schema.get("anyOf", [schema])  # of an optional one the first is the argument itself
    if choices:
        kinds[0] |= (
            {"propertyNames": {"enum": list(choices)}} if kinds[0]["type"] == "object" else {"enum": list(choices)}
        )
    return schema


def _describe(component: Api, words: str, schema: dict[str, Any]) -> None:
    """Say what an argument or a result is; the API page shows a file as `handle_file("photo.jpg")`."""
    component.label = words
    component._api_info = schema | {"additional_description": words}
    if "gradio.FileData" in str(schema):
        component.example_payload = lambda: FILE
