"""The comparison under fingers, in a real browser: what moves the page, what the line, and what the picture."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pytest
from browser_page import EXAMPLES, IS_CALM, BrowserPage
from page_server import Server
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

STEPS = [step / 10 for step in range(11)]
SEEN = """
  (view) => {
    const [box, picture, line] = [view, ...view.querySelectorAll(".iris-compare-after, i")]
      .map((one) => one.getBoundingClientRect());
    return [[picture.x - box.x, picture.y - box.y], picture.width, line.x - box.x, scrollY];
  }
"""

FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Seen(NamedTuple):
    """Where the picture and the line lie in the view, how wide the picture is, and how far the page is scrolled."""

    picture: tuple[float, float]
    width: float
    line: float
    scrolled: float


@dataclass(frozen=True)
class Phone:
    """The Upscale tab on a phone, with the comparison in its middle."""

    page: Page
    session: CDPSession

    def swipe(self, across: int, down: int) -> None:
        """Put a finger on the comparison, off the line, move it by so many pixels, and take it away."""
        x, y = self._middle()
        start = (2 / 3 * x, y)
        self._touch([_between(start, (start[0] + across, start[1] + down), step)] for step in STEPS)

    def spread(self, apart: int) -> None:
        """Put two fingers on the comparison, move them apart to so many times their distance, and take them away."""
        x, y = self._middle()
        one, other = (x - 20, y), (x + 20, y)
        ends = (x - 20 * apart, y), (x + 20 * apart, y)
        self._touch([_between(one, ends[0], step), _between(other, ends[1], step)] for step in STEPS)

    def _touch(self, places: Iterable[list[dict[str, float]]]) -> None:
        """Let fingers touch the screen, be at these places after each other, and leave it."""
        self.page.evaluate(FRAMES)  # the compositor learns with a frame what fingers may do
        for number, points in enumerate(places):
            event = "touchMove" if number else "touchStart"
            self.session.send("Input.dispatchTouchEvent", {"type": event, "touchPoints": points})
        self.session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def seen(self) -> Seen:
        """Measure what is on the screen, in its pixels."""
        picture, *others = self.page.locator(".iris-compare-view").evaluate(SEEN)
        return Seen((picture[0], picture[1]), *others)

    def wait_until_back_from(self, scrolled: float) -> None:
        """Wait until the page is scrolled less far than it was."""
        self.page.wait_for_function("before => scrollY < before - 50", arg=scrolled)

    def _middle(self) -> tuple[float, float]:
        box = self.page.locator(".iris-compare-view").bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _between(start: tuple[float, float], end: tuple[float, float], share: float) -> dict[str, float]:
    x, y = (before + share * (after - before) for before, after in zip(start, end, strict=True))
    return {"x": x, "y": y}


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Phone]:
    """A phone on which a sample is shown enlarged."""
    screen = ViewportSize(width=390, height=700)
    with browser.new_context(viewport=screen, has_touch=True, is_mobile=True) as context:
        opened = BrowserPage(context.new_page(), server.url)
        opened.open_tab("Upscale")
        opened.page.locator(EXAMPLES["upscale"]).wait_for()
        opened.page.wait_for_function(IS_CALM)
        opened.page.locator(".iris-compare-view").evaluate("view => view.scrollIntoView({ block: 'center' })")
        yield Phone(opened.page, context.new_cdp_session(opened.page))
        assert opened.faults == []


def test_a_vertical_swipe_scrolls_the_page_and_moves_nothing_else(phone: Phone) -> None:
    before = phone.seen()
    phone.swipe(0, 150)
    phone.wait_until_back_from(before.scrolled)
    after = phone.seen()
    assert (after.picture, after.line) == (before.picture, before.line)


def test_a_horizontal_swipe_moves_the_line_to_the_finger(phone: Phone) -> None:
    before = phone.seen()
    phone.swipe(120, 0)
    after = phone.seen()
    assert after.line > before.line + 5
    assert (after.picture, after.scrolled) == (before.picture, before.scrolled)


def test_two_fingers_zoom_and_then_one_moves_the_picture_until_it_is_seen_whole(phone: Phone) -> None:
    before = phone.seen()
    phone.spread(2)
    zoomed = phone.seen()
    assert zoomed.width > 1.5 * before.width
    phone.swipe(0, -60)
    moved = phone.seen()
    assert moved.picture[1] < zoomed.picture[1] - 30
    assert (moved.line, moved.scrolled) == (before.line, before.scrolled)
    phone.page.get_by_role("button", name="Whole").click()  # a tap would only stop a fling
    phone.page.locator(".iris-compare-zoomed").wait_for(state="detached")
    phone.swipe(0, 150)
    phone.wait_until_back_from(before.scrolled)
