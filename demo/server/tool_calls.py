"""Calls of assistants (MCP): Gradio makes each anew, from this machine and without a login, with the caller's headers.

Without what is here all assistants would be one visitor, or any whom a header names, and none would pass a login.
"""

import json
import os
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio_client import Client
from gradio_client.utils import is_file_obj_with_meta
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from demo.web.request_guard import TOOLS

if TYPE_CHECKING:
    from gradio.mcp import GradioMCPServer

TOLD_BY_PROXIES = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded")
TRUSTED = "FORWARDED_ALLOW_IPS"  # whom uvicorn believes who a visitor is
LOOPBACK = "127.0.0.1"


class ToolCallGuard:
    """ASGI middleware that lets a call of an assistant say whose it is, whatever its headers say."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, that of an assistant with the address that it came from."""
        if scope["type"] == "http" and scope["path"].startswith(TOOLS) and scope.get("client"):
            scope = {**scope, "headers": list(scope["headers"])}
            headers = MutableHeaders(scope=scope)
            for name in TOLD_BY_PROXIES:
                del headers[name]
            headers["x-forwarded-for"] = scope["client"][0]
        await self.app(scope, receive, send)


def trust_own_calls() -> None:
    """Let uvicorn believe the calls that come from this machine, besides those whom it is told to."""
    trusted = os.environ.get(TRUSTED, LOOPBACK)
    if trusted != "*" and LOOPBACK not in trusted.split(","):
        os.environ[TRUSTED] = f"{trusted},{LOOPBACK}"


def answer_in_json(server: "GradioMCPServer") -> None:
    """Let tools give lists and facts as JSON, which Gradio would write as Python does."""
    as_gradio = server.postprocess_output_data

    def answered(data: Any, root_url: str) -> list[Any]:  # noqa: ANN401 - a list of what the tool gives
        return as_gradio([output if is_file_obj_with_meta(output) else _json_text(output) for output in data], root_url)

    server.postprocess_output_data = answered


def let_in(page: gr.Blocks) -> None:
    """Give the calls that Gradio makes for assistants a login of their own; who calls has passed the login before."""
    token = token_urlsafe()
    page.app.tokens[token] = "assistant"
    cookie = f"access-token-unsecure-{page.app.cookie_id}={token}"
    assert page.mcp_server_obj is not None
    assert page.local_url is not None
    page.mcp_server_obj._client_instance = Client(
        str(page.local_url), download_files=False, verbose=False, analytics_enabled=False, ssl_verify=False,
        headers={"x-gradio-user": "mcp", "Cookie": cookie},
    )  # fmt: skip


def _json_text(output: object) -> str:
    """Write what a tool gives, with letters of all languages as they are; a sentence stays one."""
    return output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
