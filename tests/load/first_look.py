"""Seconds from opening the page to a result in each panel, and from a press on a painting to the picture.

Run `PYTHONPATH=.:tests python tests/load/first_look.py`: it starts a server, and opens each tab in a browser as a new
visitor does, several times.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from browser_page import EXAMPLES, FLAGS
from page_server import serve
from playwright.sync_api import Browser, Page, sync_playwright


def main() -> None:
    """Print the medians of the times that the command line asks for."""
    parser = argparse.ArgumentParser(description="What a first-time visitor waits for.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--browser", default=shutil.which("chromium"), help="the browser's program")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as place,
        serve(Path(place), threads="") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=given.browser, args=FLAGS.split())
        for panel in EXAMPLES:
            times = [until_example(browser, server.url, panel) for _ in range(given.rounds)]
            told(f"opening #{panel} to its result", times)
        told("a press on a painting to the picture", until_painted(browser, server.url, given.rounds))


def until_example(browser: Browser, url: str, panel: str) -> float:
    """Open a panel as a new visitor; gives the seconds until its example is in sight."""
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        page, begun = context.new_page(), perf_counter()
        page.goto(f"{url}/#{panel}")
        page.locator(EXAMPLES[panel]).locator("visible=true").first.wait_for()
        return perf_counter() - begun


def until_painted(browser: Browser, url: str, rounds: int) -> list[float]:
    """Press one painting after another; gives the seconds until each picture is there."""
    with browser.new_context(viewport={"width": 1280, "height": 720}) as context:
        page = context.new_page()
        page.goto(url)
        page.locator(EXAMPLES["style/paintings"]).first.wait_for()
        return [press(page, row) for row in range(rounds)]


def press(page: Page, row: int) -> float:
    """Press a painting; gives the seconds until another picture is shown."""
    shown = page.locator(EXAMPLES["style/paintings"]).first
    before, begun = shown.get_attribute("src"), perf_counter()
    page.get_by_role("group", name="Painted like").locator("visible=true").get_by_role("radio").nth(row).check(
        force=True
    )
    page.wait_for_function("([one, before]) => one.src !== before", arg=[shown.element_handle(), before])
    return perf_counter() - begun


def told(what: str, seconds: list[float]) -> None:
    """Print the median and the extremes of some times."""
    sys.stdout.write(f"{what}: {median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f})\n")


if __name__ == "__main__":
    main()
