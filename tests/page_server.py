"""A real server of the page, started as a user starts it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from gradio_client import Client

from demo.samples import samples

ROOT = Path(__file__).parents[1]
PATIENCE = 180  # seconds: how long an answer may take on a busy machine
START = 600  # seconds: how long the server may take to start there, with its examples still to be made
INDEXED = ("cat", "coffee", "pagoda", "rocket")


@dataclass(frozen=True)
class Server:
    """Where the server answers, which photos it searches, and its process."""

    url: str
    photos: Path
    client: Client
    process: int


@contextmanager
def serve(place: Path, *more: str, threads: str = "1") -> Generator[Server]:
    """The page on a free port, with four photos to search, small limits, and more options; no threads are all."""
    photos = place / "photos"
    photos.mkdir()
    for title in INDEXED:
        shutil.copy(samples()[title].path, photos / samples()[title].file)
    shutil.copy(samples()["coins"].path, place / "neighbour.png")
    port = free_port()
    options = [
        "--mcp",
        "--port",
        str(port),
        "--photos",
        str(photos),
        "--max-mb",
        "2",
        "--zip-mb",
        "2",
        "--upscale-megapixels",
        "0.05",
        *more,
    ]
    offline = {"HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(place / "hub")}
    environment = os.environ | offline | {"IRIS_CACHE": str(place / "cache"), "OMP_NUM_THREADS": threads}
    command = [sys.executable, "app.py", *options]
    with (place / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=log, stdout=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process, place / "log")
        got, patient = str(place / "got"), {"timeout": PATIENCE}
        client = Client(url, verbose=False, download_files=got, httpx_kwargs=patient)
        yield Server(url, photos, client, process.pid)
    finally:
        process.terminate()
        process.wait(PATIENCE)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            httpx.get(url, timeout=5)
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
