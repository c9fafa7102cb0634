"""What fails unexpectedly ends in a sentence, and in one short line of log."""

import logging

import gradio as gr
import pytest
from pydantic import BaseModel, ValidationError
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from demo.server.failures import LONGEST_LINE, MOST_LINES, UNUSABLE, FailureGuard, note, sentence_of


class Number(BaseModel):
    """Something that a request gives."""

    value: int


async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    raise KeyError("secret")


def test_a_request_that_fails_is_answered_with_a_sentence(caplog: pytest.LogCaptureFixture) -> None:
    answer = TestClient(FailureGuard(failing)).post("/gradio_api/call/nothing")
    assert (answer.status_code, answer.text) == (400, UNUSABLE)
    assert [record.exc_info for record in caplog.records if record.levelno >= logging.ERROR] == [None]


def test_the_log_holds_one_short_line_and_nothing_of_the_picture(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(ValidationError) as error:
        Number(value="iVBORw0KGgo" * 1000)
    note(error.value)
    note(ValueError("a\nb\x1b[2J" + "c" * 10_000))
    first, second = (record.getMessage() for record in caplog.records)
    assert "iVBOR" not in first and "\n" not in second and "\x1b" not in second
    assert max(len(first), len(second)) <= LONGEST_LINE


def test_the_log_does_not_grow_with_the_same_fault(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(1000):
        try:
            raise LookupError("again")
        except LookupError as error:
            note(error)
    assert len(caplog.records) < 2 * MOST_LINES


@pytest.mark.parametrize("error", [KeyError("x"), TypeError("x"), OSError("/srv/iris/secret"), RuntimeError("x")])
def test_a_visitor_is_told_nothing_of_the_server(error: Exception) -> None:
    assert str(error) not in sentence_of(error) and "/srv" not in sentence_of(error)
    assert not isinstance(error, gr.Error)
