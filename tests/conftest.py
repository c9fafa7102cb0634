"""What all tests share: no network but loopback, one thread, markers by fixture, an empty hub cache."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import object_store
import pytest

from zoo.bulk.address import Address

if TYPE_CHECKING:
    from page_server import Server

os.environ["OMP_NUM_THREADS"] = "1"  # read when torch and numpy are imported: tests run side by side, one a core

MARKS_BY_FIXTURE = {"server": "slow", "bucket": "slow", "browser": "browser"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for what is slow to start, and keep together what shares it: one worker starts it."""
    for item in items:
        asked = [fixture for fixture in MARKS_BY_FIXTURE if fixture in getattr(item, "fixturenames", ())]
        for fixture in asked:
            item.add_marker(MARKS_BY_FIXTURE[fixture])
        item.add_marker(pytest.mark.xdist_group("server" if "server" in asked else item.location[0]))


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections leave this machine never; a test that tries fails."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: tuple[str, int] | str) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test wanted to connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Server"]:
    """One server for all tests of the page."""
    from page_server import serve  # imports what only the page needs

    with serve(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty hub cache, and none of the hub's settings of whoever runs the tests."""
    for name in ("HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An object store on the loopback, started once."""
    with object_store.serve(tmp_path_factory.mktemp("s3")) as endpoint:
        yield endpoint


@pytest.fixture
def bucket(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Address:
    """An empty bucket of an object store on the loopback."""
    return object_store.new_bucket(s3_endpoint, monkeypatch)
