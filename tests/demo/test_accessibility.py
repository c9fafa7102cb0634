"""The page by the rules of axe-core: every panel, filled and empty, light and dark."""

from importlib.resources import files

from browser_page import BrowserPage

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
FILLED = {  # the address of each panel, and what is there once its example is
    "style/paintings": ".iris-picture img",
    "style/any-artwork": ".iris-picture img",
    "style/video": ".iris-picture video",
    "style/webcam": ".iris-picture img",
    "upscale": ".iris-compare-after[src]",
    "describe": ".iris-bars",
    "find": ".iris-grid button",
}
CLEAR = "button[aria-label='Remove Image']:visible, button[aria-label=Clear]:visible"
OPEN_FOLDS = """
  for (const fold of document.querySelectorAll(".iris-more button.label-wrap:not(.open)"))
    if (fold.checkVisibility()) fold.click();
"""
IS_CALM = """
  document.getAnimations().every((one) => one.playState !== "running")
  && [...document.querySelectorAll(".iris-bar progress")].every((one) => !one.checkVisibility())
"""
VIOLATIONS = """
  async () => (await axe.run({ resultTypes: ["violations"] })).violations
    .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`))
"""


def test_no_panel_breaks_a_rule_of_accessibility(browser_page: BrowserPage) -> None:
    page, found = browser_page.page, []
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(AXE)
    for is_empty in (False, True):
        for panel, example in FILLED.items():
            page.evaluate("(panel) => { location.hash = panel; }", panel)
            browser_page.wait_for_panel(panel)
            if is_empty:
                clear_fields(browser_page)
            else:
                page.locator(example).locator("visible=true").first.wait_for()
            page.evaluate(OPEN_FOLDS)
            for scheme in ("light", "dark"):
                page.evaluate("(scheme) => document.body.classList.toggle('dark', scheme === 'dark')", scheme)
                page.wait_for_function(IS_CALM)
                found += [(panel, is_empty, scheme, fault) for fault in page.evaluate(VIOLATIONS)]
    assert found == [], "\n".join(map(str, found))


def clear_fields(browser_page: BrowserPage) -> None:
    """Take away every picture and clip of the panel in sight."""
    buttons = browser_page.page.locator(CLEAR)
    for left in range(buttons.count(), 0, -1):
        buttons.first.click()
        buttons.nth(left - 1).wait_for(state="detached")
