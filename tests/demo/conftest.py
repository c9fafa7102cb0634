"""What the tests of the page share: one server, and files to upload."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from page_server import Server, serve


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of the page."""
    with serve(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def upload(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Makes files to upload."""

    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write
