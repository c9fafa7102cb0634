"""What is ready before the first request comes."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gradio import route_utils
from gradio.mcp import GradioMCPServer
from mcp.types import TextContent
from starlette.applications import Starlette

from demo.server.blocks import Page
from demo.server.run import Lifespan
from demo.settings import Settings
from demo.web import served_files


async def said_at_the_start(output: object, folder: Path) -> str:
    """What a tool that gives this would say to an assistant once the server begins, which is before it listens."""
    page = Page()
    lifespan = Lifespan(page, page.use_fair_queue(1, 1), Settings(mcp=True), folder, 60)
    page.mcp_server_obj = GradioMCPServer(page)
    async with lifespan(Starlette()):
        [said] = page.mcp_server_obj.postprocess_output_data([output], "")
    assert isinstance(said, TextContent)
    return said.text


def test_tools_answer_in_json_from_the_first_request_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served_files, "_room", None)
    monkeypatch.setattr(route_utils, "GradioUploadFile", route_utils.GradioUploadFile)
    with ThreadPoolExecutor(1) as pool:  # a browser of another test may have a loop in this thread
        said = pool.submit(asyncio.run, said_at_the_start([{"title": "Sch\u00f6n", "sure": None}], tmp_path)).result()
    assert said == '[{"title": "Sch\u00f6n", "sure": null}]'
