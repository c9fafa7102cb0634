"""The page for those who use keys, need large targets, contrast or calm, or do not see: every panel."""

from importlib.resources import files

from browser_page import EXAMPLES, IS_CALM, OPEN_FOLDS, BrowserPage

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text()
CLEAR = "button[aria-label='Remove Image']:visible, button[aria-label=Clear]:visible"
VIOLATIONS = """
  async (options) => (await axe.run({ resultTypes: ["violations"], ...options })).violations
    .flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html}`))
"""

SCHEMES = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}  # the rules that see colours
MAIN_ACTIONS = {
    "style/paintings": "Paint",
    "style/any-artwork": "Refine",
    "style/video": "Paint the clip",
    "upscale": "Enlarge",
    "describe": "Name it",
    "find": "Search",
}
SMALL = """
  () => [...document.querySelectorAll("button, a, select, summary, input:not([type=range]), [role=tab]")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.type !== "file")
    .map((one) => [one, (one.closest("label") || one).getBoundingClientRect()]) // a press on a label counts
    .filter(([one, box]) => box.width && !one.closest("footer, .iris-aside") && Math.min(box.width, box.height) < 23.9)
    .map(([one, box]) => `${one.outerHTML.slice(0, 120)} ${box.width} x ${box.height}`)
"""

MOVING = """
  () => [...document.querySelectorAll("*")].filter((one) => getComputedStyle(one).transitionDuration !== "0s")
    .map((one) => one.outerHTML.slice(0, 120)).concat(document.getAnimations().map(String))
"""


def test_no_panel_breaks_a_rule_of_accessibility(browser_page: BrowserPage) -> None:
    page, found = browser_page.page, []
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(AXE)
    for is_empty in (False, True):
        for panel, example in EXAMPLES.items():
            page.evaluate("(panel) => { location.hash = panel; }", panel)
            browser_page.wait_for_panel(panel)
            if not is_empty:
                page.locator(example).locator("visible=true").first.wait_for()
            elif not clear_fields(browser_page):
                continue  # it is empty as it opens
            page.evaluate(OPEN_FOLDS)
            for scheme, options in SCHEMES.items():
                page.evaluate("(scheme) => document.body.classList.toggle('dark', scheme === 'dark')", scheme)
                page.wait_for_function(IS_CALM)
                found += [(panel, is_empty, scheme, fault) for fault in page.evaluate(VIOLATIONS, options)]
    assert found == []


def clear_fields(browser_page: BrowserPage) -> int:
    """Take away every picture and clip of the panel in sight; gives how many there were."""
    buttons = browser_page.page.locator(CLEAR)
    count = buttons.count()
    for left in range(count, 0, -1):
        buttons.first.click()
        buttons.nth(left - 1).wait_for(state="detached")
    return count


def test_the_main_action_of_every_tab_is_at_most_ten_presses_of_the_tab_key_away(browser_page: BrowserPage) -> None:
    page, needed = browser_page.page, {}
    for panel, name in MAIN_ACTIONS.items():
        page.evaluate("(panel) => { location.hash = panel; }", panel)
        browser_page.wait_for_panel(panel)
        page.locator(EXAMPLES[panel]).locator("visible=true").first.wait_for()
        button = page.get_by_role("button", name=name, exact=True).locator("visible=true")
        page.locator("[role=tab][aria-selected=true]").first.focus()
        needed[panel] = 1  # for the tab
        while needed[panel] < 30 and not button.evaluate("(button) => button === document.activeElement"):
            page.keyboard.press("Tab")
            needed[panel] += 1
    assert max(needed.values()) <= 10, needed


def test_arrow_keys_choose_a_sample_a_size_and_an_icon(browser_page: BrowserPage) -> None:
    page = browser_page.page
    browser_page.open_tab("Upscale")
    page.locator(EXAMPLES["upscale"]).wait_for()
    panel = page.get_by_role("tabpanel").locator("visible=true").first
    for first, second in (("Cheetah", "Lion"), ("4\u00d7", "8\u00d7")):
        panel.get_by_role("radio", name=first).focus()
        page.keyboard.press("ArrowRight")
        assert panel.get_by_role("radio", name=second).is_checked()
    panel.get_by_role("button", name="Upload file").focus()
    page.keyboard.press("ArrowRight")
    assert panel.get_by_role("button", name="Capture from camera").evaluate("(one) => one === document.activeElement")


def test_whatever_is_pressed_is_at_least_24_pixels_wide_and_high(browser_page: BrowserPage) -> None:
    page, found = browser_page.page, {}
    for panel, example in EXAMPLES.items():
        page.evaluate("(panel) => { location.hash = panel; }", panel)
        browser_page.wait_for_panel(panel)
        page.locator(example).locator("visible=true").first.wait_for()
        page.evaluate(OPEN_FOLDS)
        small = page.evaluate(SMALL)
        if small:
            found[panel] = small
    assert found == {}


def test_nothing_moves_for_those_who_ask_for_calm(browser_page: BrowserPage) -> None:
    page = browser_page.page
    page.emulate_media(reduced_motion="reduce")
    page.locator(EXAMPLES["style/paintings"]).first.wait_for()
    page.get_by_role("tab", name="Describe").click()
    browser_page.wait_for_panel("describe")
    assert page.evaluate(MOVING) == []
