"""What all tests share: no network but loopback, one thread, markers by fixture, an empty hub cache."""

import os
import re
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import object_store
import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from zoo.bulk.address import Address

if TYPE_CHECKING:
    from page_server import Server

os.environ["OMP_NUM_THREADS"] = "1"  # read when torch and numpy are imported: tests run side by side, one a core

# The same examples at each run, and none too slow: tests must hold on a busy machine.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

ROOT = Path(__file__).parents[1]
MARKS_BY_FIXTURE = {"server": "slow", "bucket": "slow", "browser": "browser"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask for what is slow to start."""
    for item in items:
        for fixture, mark in MARKS_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)


class FilesWhole(LoadFileScheduling):
    """Hands out files whole, and all files that ask for the server to one worker, so that it is started once."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "server" if asks_for_server(file) else file


@cache
def asks_for_server(file: str) -> bool:
    """Whether tests of a file, by its path from the root, take a fixture that the server stands behind."""
    fixtures = r"\b(server: Server|browser_page: BrowserPage|visitor: Visitor)\b"
    return re.search(fixtures, (ROOT / file).read_text()) is not None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesWhole:
    """Take the place of ``--dist loadfile``."""
    return FilesWhole(config, log)


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections leave this machine never; a test that tries fails."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: tuple[str, int] | str) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test wanted to connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(autouse=True, scope="session")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests index or make is kept from the cache of whoever runs them, and theirs from the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IRIS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


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
