"""Requests to the page as programs send them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from gradio_client import handle_file
from page_server import PATIENCE, Server
from PIL import Image, ImageChops, ImageStat

from demo.samples import samples

WEB = httpx.Client(timeout=PATIENCE, limits=httpx.Limits(max_keepalive_connections=0))
Write = Callable[[str, bytes], Path]


def picture(title: str) -> Any:  # noqa: ANN401  # whatever gradio_client makes of a file
    """A sample photo as the client sends it."""
    return handle_file(samples()[title].path)


def plain_call(server: Server, endpoint: str, body: dict[str, object]) -> str:
    address = f"{server.url}/gradio_api/call/{endpoint}"
    event = WEB.post(address, json=body).json()["event_id"]
    return WEB.get(f"{address}/{event}").text


def mean_difference(one: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean) / 3


def styles_of(server: Server) -> list[str]:
    models = server.client.predict(api_name="/models")
    return next(model["styles"] for model in models if model["key"] == "style.paintings")
