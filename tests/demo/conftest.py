"""What the tests of the page share: a browser, and files to upload."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser_page import FLAGS, BrowserPage
from page_server import Server
from page_visitor import Visitor
from playwright.sync_api import Browser, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this machine, without a window; a test that asks for it has the marker `browser`.

    One a module: Playwright's event loop runs as long as it is open, and no coroutine of another test can.
    """
    program = os.environ.get("IRIS_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser here: install one of {', '.join(BROWSERS)}, or name one in IRIS_BROWSER")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS.split())
        yield running
        running.close()


@pytest.fixture
def browser_page(browser: Browser, server: Server) -> Iterator[BrowserPage]:
    """Iris open in a browser tab of its own; what goes wrong there fails the test."""
    with browser.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True) as context:
        opened = BrowserPage(context.new_page(), server.url)
        yield opened
        assert opened.faults == []


@pytest.fixture
def visitor(server: Server) -> Visitor:
    """Somebody who has just opened the page."""
    return Visitor(server.url)


@pytest.fixture
def upload(tmp_path: Path) -> Callable[[str, bytes], Path]:
    """Makes files to upload."""

    def write(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write
