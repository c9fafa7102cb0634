"""Calls over plain HTTP: what is left out, and what is missing."""

from inspect import signature

import gradio as gr
import httpx
import pytest
from page_server import PATIENCE, Server

from demo.server.failures import BY_NAME, IN_ORDER, NO_BODY, UNUSABLE
from demo.web.request_guard import complete_arguments
from zoo.errors import BadInput


def find(query: str, top: int = 12, picture: gr.FileData | None = None) -> None:
    """An endpoint."""


def test_what_is_left_out_is_the_default() -> None:
    assert complete_arguments(["cat"], signature(find)) == ["cat", 12, None]
    assert complete_arguments(["cat", 3], signature(find)) == ["cat", 3, None]


@pytest.mark.parametrize("path", ["call/find_images", "call/models", "run/find_images", "queue/join"])
@pytest.mark.parametrize("body", ["{}", "[]", "{", '{"data": "cat"}'])
def test_a_body_without_arguments_is_refused_with_a_sentence(server: Server, path: str, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = httpx.post(f"{server.url}/gradio_api/{path}", content=body, headers=headers, timeout=PATIENCE)
    assert (answer.status_code, answer.text) == (400, NO_BODY + IN_ORDER)


@pytest.mark.parametrize(
    ("path", "body", "wanted"),
    [
        ("gradio_api/cancel", "{}", 'JSON such as {"session_hash": "...", "fn_index": 0, "event_id": "..."}'),
        ("gradio_api/cancel", "{", 'JSON such as {"session_hash": "...", "fn_index": 0, "event_id": "..."}'),
        ("gradio_api/reset", '{"event_id": 1}', 'JSON such as {"event_id": "..."}'),
        ("login", '{"username": "me"}', "a form with username and password"),
        ("gradio_api/call/v2/find_images", "[]", BY_NAME),
    ],
)
def test_each_route_says_what_its_own_body_is_to_be(server: Server, path: str, body: str, wanted: str) -> None:
    headers = {"Content-Type": "application/json"}
    answer = httpx.post(f"{server.url}/{path}", content=body, headers=headers, timeout=PATIENCE)
    assert (answer.status_code, answer.text) == (400, NO_BODY + wanted)


@pytest.mark.parametrize("path", ["queue/data", "upload_progress"])
def test_an_address_without_what_it_needs_is_refused_without_advice_about_a_body(server: Server, path: str) -> None:
    answer = httpx.get(f"{server.url}/gradio_api/{path}", timeout=PATIENCE)
    assert (answer.status_code, answer.text) == (400, UNUSABLE)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(BadInput, match="query is missing"):
        complete_arguments([], signature(find))


def test_a_picture_in_the_request_itself_is_refused_with_what_to_do() -> None:
    with pytest.raises(BadInput, match="picture must be an uploaded file; POST it to /gradio_api/upload"):
        complete_arguments(["cat", 3, "data:image/png;base64,AAAA"], signature(find))
