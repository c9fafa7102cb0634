"""The server as a process: nothing without the login, an early client, and an end within seconds in mid-job."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from page_server import PATIENCE, ROOT, START, free_port

from demo.samples import samples

pytestmark = pytest.mark.slow
UNTOLD = (
    ("GET", "/config"), ("POST", "/gradio_api/cancel"), ("GET", "/gradio_api/openapi.json"),
    ("POST", "/gradio_api/mcp/"), ("GET", "/gradio_api/mcp/sse"), ("GET", "/gradio_api/mcp/schema"),
)  # fmt: skip
TOOL_CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "models", "arguments": {}}}
ACCEPTED = {"Accept": "application/json, text/event-stream"}
END_SECONDS = 60  # in which the server must have ended, on a busy machine; alone it takes three


@pytest.fixture
def address() -> str:
    """Where the server will answer."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def early_client(address: str) -> Iterator[None]:
    """A client that asks from before the server listens."""
    ended = Event()

    def ask() -> None:
        while not ended.is_set():
            try:
                httpx.post(f"{address}/gradio_api/call/models", json={"data": []}, timeout=5)
            except httpx.HTTPError:
                time.sleep(0.05)

    thread = Thread(target=ask)
    thread.start()
    yield
    ended.set()
    thread.join()


@pytest.fixture
def process(address: str, early_client: None, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The server with a login, once it answers."""
    (tmp_path / "served").mkdir()
    given = {"TMPDIR": str(tmp_path / "served"), "IRIS_CACHE": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    command = [sys.executable, "app.py", "--port", address.rpartition(":")[2], "--auth", "me:secret", "--mcp"]
    environment = os.environ | given | {"OMP_NUM_THREADS": "1"}
    with (tmp_path / "log").open("w") as log:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=log, stderr=log)
    until = time.monotonic() + START
    while time.monotonic() < until and running.poll() is None:
        try:
            httpx.get(f"{address}/gradio_api/login_check", timeout=5)
            break
        except httpx.HTTPError:
            time.sleep(0.2)
    yield running
    running.kill()
    running.wait()


def test_a_server_with_a_login_tells_nothing_before_it_and_ends_cleanly_in_mid_job(
    process: subprocess.Popen[str], address: str, tmp_path: Path
) -> None:
    with httpx.Client(base_url=address, timeout=PATIENCE) as client:
        for method, path in UNTOLD:
            assert client.request(method, path).status_code == 401
        assert client.get("/").status_code == 200
        assert client.post("/login", data={"username": "me", "password": "secret"}).status_code == 200
        assert '"isError":false' in client.post("/gradio_api/mcp/", json=TOOL_CALL, headers=ACCEPTED).text
        photo = samples()["cat"].path
        [path] = client.post("/gradio_api/upload", files={"files": (photo.name, photo.read_bytes())}).json()
        picture = {"path": path, "meta": {"_type": "gradio.FileData"}}
        call = client.post("/gradio_api/call/stylize_from_artwork", json={"data": [picture, picture, 256, 500]})
        with client.stream("GET", f"/gradio_api/call/stylize_from_artwork/{call.json()['event_id']}") as events:
            next(line for line in events.iter_lines() if "generating" in line)  # it is at work
            process.terminate()
            assert process.wait(END_SECONDS) == 0
    assert list((tmp_path / "served").iterdir()) == []
    assert "Traceback" not in (tmp_path / "log").read_text()
