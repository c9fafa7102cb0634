"""An object store on the loopback: moto's S3 server, where pyarrow and moto are installed."""

import importlib
import importlib.util
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from zoo.bulk.address import Address

START_SECONDS = 120
POLL_SECONDS = 0.1


@contextmanager
def serve(place: Path) -> Generator[str]:
    """An empty store; gives its endpoint. Skips the test where it cannot be had."""
    program = shutil.which("moto_server")
    if program is None or importlib.util.find_spec("pyarrow") is None:
        pytest.skip("moto_server (pip install 'moto[s3,server]', in any environment on the PATH) or pyarrow is missing")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (place / "log").open("w") as log:
        process = subprocess.Popen([program, "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def new_bucket(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Address:
    """An empty bucket, to which the environment leads."""
    fs = importlib.import_module("pyarrow.fs")
    for name, value in {"ENDPOINT_URL": endpoint, "REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.setenv(f"AWS_{name}", "made-up")
    name = f"iris-{uuid4().hex[:12]}"
    store = fs.S3FileSystem(endpoint_override=endpoint, region="us-east-1", allow_bucket_creation=True)
    store.create_dir(name)
    return Address(f"s3://{name}")


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(POLL_SECONDS)
        else:
            return
    pytest.fail("the object store did not start")
