"""The page as a visitor sees it, in a real browser."""

from dataclasses import dataclass, field

from page_server import PATIENCE
from playwright.sync_api import ConsoleMessage, Error, Locator, Page, Request

LONGEST = 1000 * PATIENCE  # milliseconds
LEFT = "AbortError: signal is aborted"  # Gradio ends the streams of a page that is left while something runs
CUT = "Connection errored out"  # Gradio of a request under way while the page is left

# The page is ours, so the sandbox guards nothing; the rest keeps the browser from calling home.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
EXAMPLES = {  # the address of each panel, and what is there once its example is
    "style/paintings": ".iris-picture img",
    "style/any-artwork": ".iris-picture img",
    "style/video": ".iris-picture video",
    "style/webcam": ".iris-picture img",
    "upscale": ".iris-compare-after[src]",
    "describe": ".iris-bars",
    "find": ".iris-grid button",
}
IN_SIGHT = """
  (place) => [...document.querySelectorAll("[role=tab][aria-selected=true]")].filter((tab) => tab.checkVisibility())
    .map((tab) => tab.textContent.trim().toLowerCase().replaceAll(" ", "-")).join("/") === place
"""
OPEN_FOLDS = """
  for (const fold of document.querySelectorAll(".iris-more button.label-wrap:not(.open)"))
    if (fold.checkVisibility()) fold.click();
"""
IS_CALM = """
  document.getAnimations().every((one) => one.playState !== "running")
  && [...document.querySelectorAll(".iris-bar progress")].every((one) => !one.checkVisibility())
"""


@dataclass
class BrowserPage:
    """Iris in one tab of a browser, and what went wrong there.

    `faults` holds errors of the console, exceptions that no script caught, and requests that leave this machine.
    """

    page: Page
    url: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(LONGEST)
        self.page.on("console", self._note_message)
        self.page.on("pageerror", self._note_exception)
        self.page.on("request", self._note_request)
        self.page.goto(self.url)
        self.page.get_by_role("tab").first.wait_for()

    @property
    def tabs(self) -> list[str]:
        """What stands on the tabs, from left to right."""
        return [text.strip() for text in self.page.get_by_role("tab").all_inner_texts()]

    def open_tab(self, name: str) -> Locator:
        """Click a tab; gives its panel."""
        self.page.get_by_role("tab", name=name, exact=True).click()
        panel = self.page.get_by_role("tabpanel").locator("visible=true").first
        panel.wait_for()
        return panel

    def wait_for_panel(self, place: str) -> None:
        """Wait until the panel with this address, such as "style/video", is in sight."""
        self.page.wait_for_function(IN_SIGHT, arg=place)

    def leave_for(self, address: str) -> None:
        """Load `address` anew, whatever runs in the page; the requests that this cuts off are no faults."""
        before = len(self.faults)
        self.page.goto(address)
        self.page.reload()
        self.page.get_by_role("tab").first.wait_for()
        self.faults[before:] = [fault for fault in self.faults[before:] if CUT not in fault]

    def wait_for_change(self, picture: Locator, seen: list[str | None]) -> None:
        """Wait until a picture is another than those seen, and take it to them."""
        script = "([picture, seen]) => picture.src && !seen.includes(picture.getAttribute('src'))"
        self.page.wait_for_function(script, arg=[picture.element_handle(), seen])
        seen.append(picture.get_attribute("src"))

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(LEFT):
            self.faults.append(f"console: {message.text} ({message.location.get('url')})")

    def _note_exception(self, error: Error) -> None:
        self.faults.append(f"exception: {error}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.faults.append(f"left this machine: {request.url}")
