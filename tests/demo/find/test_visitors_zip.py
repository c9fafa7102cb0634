"""A visitor's zip is that visitor's alone, also where another sends the very same."""

import zipfile
from pathlib import Path

import pytest
from page_server import Server
from page_visitor import Visitor

from demo.samples import samples


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    """A zip of two photos."""
    path = tmp_path / "holiday.zip"
    with zipfile.ZipFile(path, "w") as file:
        for title in ("cat", "coffee"):
            file.write(samples()[title].path, f"my-{title}.png")
    return path


def test_who_forgets_a_zip_takes_it_from_nobody_else(server: Server, zipped: Path) -> None:
    one, other = Visitor(server.url), Visitor(server.url)
    field = next(name for name in one.fields() if name.startswith("Search your own photos"))
    given = {visitor: visitor.upload(zipped) for visitor in (one, other)}
    assert given[one]["path"] != given[other]["path"]
    for visitor, mine in given.items():
        shown = visitor.change(field, "upload", {field: mine}, has="iris-status")
        assert "2 photos of yours" in shown["iris-status"]
    one.change(field, "clear", {}, has="iris-status")
    assert not Path(given[one]["path"]).exists() and Path(given[other]["path"]).exists()
    found = other.press("Search", {"Find photos of": "cat"})["Photos"]["value"]["tiles"]
    assert [tile["value"] for tile in found] == ["my-cat.png"]
