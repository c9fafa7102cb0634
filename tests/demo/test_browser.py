"""The page in a real browser: what only its scripts do."""

import re

from browser_page import EXAMPLES, IS_CALM, OPEN_FOLDS, BrowserPage
from playwright.sync_api import FilePayload


def test_the_page_opens_with_its_tabs_and_without_an_error(browser_page: BrowserPage) -> None:
    assert browser_page.tabs[:4] == ["Style", "Upscale", "Describe", "Find"]
    for name in browser_page.tabs[:4]:
        assert browser_page.open_tab(name).is_visible()


def test_an_error_in_the_page_would_be_told(browser_page: BrowserPage) -> None:
    browser_page.page.evaluate("console.error('broken')")
    assert [fault.partition(" (")[0] for fault in browser_page.faults] == ["console: broken"]
    browser_page.faults.clear()


def test_a_result_is_in_sight_in_every_panel_before_anything_is_given(browser_page: BrowserPage) -> None:
    page = browser_page.page
    for panel, example in EXAMPLES.items():
        page.evaluate("(panel) => { location.hash = panel; }", panel)
        browser_page.wait_for_panel(panel)
        page.locator(example).locator("visible=true").first.wait_for()


def test_another_painting_is_painted_at_a_press_and_by_the_arrow_keys(browser_page: BrowserPage) -> None:
    page, shown = browser_page.page, browser_page.page.locator(".iris-picture img").first
    shown.wait_for()
    seen = [shown.get_attribute("src")]
    radios = page.get_by_role("group", name="Painted like").locator("visible=true").get_by_role("radio")
    radios.nth(1).check(force=True)
    browser_page.wait_for_change(shown, seen)
    page.keyboard.press("ArrowRight")
    browser_page.wait_for_change(shown, seen)
    assert radios.nth(2).is_checked() and len(set(seen)) == 3


def test_the_picture_handed_over_is_painted_after_an_artwork_when_that_panel_opens(browser_page: BrowserPage) -> None:
    page = browser_page.page
    page.locator(".iris-picture img").first.wait_for()
    page.get_by_role("radio", name="Tower").locator("visible=true").check(force=True)
    page.get_by_text("377 x 600 pixels in").wait_for()
    page.get_by_role("tab", name="Any artwork").click()
    page.get_by_text("brings it nearer to the artwork").locator("visible=true").first.wait_for()


def test_one_photo_is_shown_in_all_paintings_and_a_press_takes_one(browser_page: BrowserPage) -> None:
    page = browser_page.page
    page.locator(".iris-picture img").first.wait_for()
    styles = page.get_by_role("group", name="Painted like").locator("visible=true").get_by_role("radio")
    page.get_by_role("button", name="In all paintings").click()
    page.get_by_text("Press one to have it at full size").wait_for()
    tiles = page.get_by_role("group", name="Your picture in all paintings").get_by_role("button")
    assert tiles.count() == styles.count()
    tiles.nth(3).click()
    page.get_by_text("pixels in").locator("visible=true").first.wait_for()
    assert styles.nth(3).is_checked() and tiles.count() == 0


def test_the_line_between_two_pictures_is_moved_by_keys(browser_page: BrowserPage) -> None:
    page = browser_page.page
    browser_page.open_tab("Upscale")
    page.locator(".iris-compare-after[src]").wait_for()
    slider = page.get_by_role("slider", name="Line between Plain resize and Iris")
    slider.focus()
    place = "element => element.querySelector('i').style.left"
    before = page.locator(".iris-compare-view").evaluate(place)
    page.keyboard.press("ArrowRight")
    assert page.locator(".iris-compare-view").evaluate(place) != before


def test_every_tab_has_an_address_and_the_way_back_leads_through_them(browser_page: BrowserPage) -> None:
    page = browser_page.page
    browser_page.open_tab("Describe")
    page.wait_for_url("**/#describe")
    browser_page.open_tab("Find")
    page.wait_for_url("**/#find")
    page.go_back()
    browser_page.wait_for_panel("describe")
    page.locator(".iris-send:visible").get_by_role("button", name="Upscale").click()
    page.wait_for_url("**/#upscale")
    page.go_back()
    browser_page.wait_for_panel("describe")
    page.go_back()
    browser_page.wait_for_panel("style/paintings")
    browser_page.leave_for(f"{browser_page.url}/#upscale")
    page.locator(".iris-compare-view:visible").wait_for()


def test_the_result_is_on_the_first_screen_of_a_laptop_and_of_a_phone(browser_page: BrowserPage) -> None:
    for width, height in ((1280, 720), (390, 844)):
        browser_page.page.set_viewport_size({"width": width, "height": height})
        box = browser_page.page.locator(".iris-picture").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= height + 20 and box["x"] + box["width"] <= width


CUT_OFF = """
  () => [...document.querySelectorAll(".iris-work :is(.row, .column, .iris-compare-tools, button, .prompt)")]
    .filter((one) => one.checkVisibility() && !one.matches(".iris-choices *, .icon-button, .label-wrap"))
    .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => `${one.className} ${one.textContent.trim().slice(0, 60)}`)
    .concat([...document.querySelectorAll(".iris-more input[type=range]")]
      .map((one) => [one, one.closest(".block")]).filter(([one]) => one.checkVisibility())
      .filter(([one, box]) => one.getBoundingClientRect().right > box.getBoundingClientRect().right)
      .map(([one]) => `the slider ${one.ariaLabel}`))
"""


def test_on_a_phone_nothing_is_cut_off_at_the_side(browser_page: BrowserPage) -> None:
    page = browser_page.page
    page.set_viewport_size({"width": 390, "height": 844})
    for panel in ("style/any-artwork", "upscale", "find"):
        page.evaluate("(panel) => { location.hash = panel; }", panel)
        browser_page.wait_for_panel(panel)
        page.locator(EXAMPLES[panel]).locator("visible=true").first.wait_for()
        page.evaluate(OPEN_FOLDS)
        page.wait_for_function(IS_CALM)
        assert page.evaluate(CUT_OFF) == []


PAINT = """async () => {
  const canvas = new OffscreenCanvas(64, 48), pen = canvas.getContext("2d");
  pen.fillStyle = "teal";
  pen.fillRect(8, 8, 40, 30);
  return canvas.convertToBlob();
}"""
COPY = f"async () => navigator.clipboard.write([new ClipboardItem({{'image/png': await ({PAINT})()}})])"


def test_the_title_and_the_tabs_are_beside_or_below_each_other_at_any_width(browser_page: BrowserPage) -> None:
    page = browser_page.page
    for width in (390, 820, 900, 901, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        title, tab = page.locator(".iris-title p").bounding_box(), page.get_by_role("tab").first.bounding_box()
        assert title is not None and tab is not None
        assert title["x"] + title["width"] <= tab["x"] or title["y"] + title["height"] <= tab["y"]


def test_fields_say_what_to_do_in_words_of_the_page(browser_page: BrowserPage) -> None:
    browser_page.open_tab("Find").get_by_text("Drop it here").wait_for()
    browser_page.open_tab("Style")
    browser_page.open_tab("Webcam")
    browser_page.page.locator(".iris-camera").get_by_text("Allow the webcam").wait_for()


def test_a_pasted_picture_is_painted_kept_over_a_reload_and_among_the_results(browser_page: BrowserPage) -> None:
    page = browser_page.page
    page.locator(".iris-picture img").first.wait_for()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(COPY)
    page.keyboard.press("Control+V")
    page.get_by_text("64 x 48 pixels").first.wait_for()
    results = page.get_by_role("region", name="Results of this visit").get_by_role("button")
    results.first.click()
    large = page.locator("dialog.iris-large")
    large.wait_for()
    page.keyboard.press("Escape")
    large.wait_for(state="detached")
    browser_page.leave_for(f"{browser_page.url}/#style/paintings")
    page.get_by_text("64 x 48 pixels").first.wait_for()
    assert results.count() == 1


def test_a_search_has_a_link_and_the_way_back_leads_through_searches(browser_page: BrowserPage) -> None:
    page, status = browser_page.page, browser_page.page.locator(".iris-status:visible")
    browser_page.leave_for(f"{browser_page.url}/#find?words=rocket")
    status.get_by_text('"rocket"').wait_for()
    page.get_by_label("Find photos of").fill("cat")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/#find?words=cat")
    page.go_back()
    status.get_by_text('"rocket"').wait_for()
    assert page.get_by_label("Find photos of").input_value() == "rocket"


def test_the_words_to_press_find_something_among_the_photos_that_are_searched(browser_page: BrowserPage) -> None:
    page, status = browser_page.page, browser_page.page.locator(".iris-status:visible")
    browser_page.leave_for(f"{browser_page.url}/#find?words=rocket")
    status.get_by_text('"rocket"').wait_for()
    chips = page.locator(".iris-chips").get_by_role("button")
    chips.first.wait_for()
    for word in chips.all_inner_texts():
        page.locator(".iris-chips").get_by_role("button", name=word, exact=True).click()
        status.get_by_text(re.compile(f'photos match(es)? "{word}"')).wait_for()


TOO_LARGE = FilePayload(name="large.png", mimeType="image/png", buffer=bytes(3 * 2**20))
SMALL = FilePayload(name="small.png", mimeType="image/png", buffer=bytes(9))


def test_a_file_that_is_refused_on_its_way_says_so_in_the_panel_and_dims_the_old_result(
    browser_page: BrowserPage,
) -> None:
    page, status = browser_page.page, browser_page.page.locator(".iris-failed:visible")
    page.route("**/gradio_api/upload?*", lambda route: route.fulfill(status=429, body="you have filled your room"))
    filled, large = (SMALL, "You have filled your room."), (TOO_LARGE, "The file is much too large")
    for panel, (file, words) in {"style/paintings": filled, "upscale": large, "find": filled}.items():
        page.evaluate("(panel) => { location.hash = panel; }", panel)
        browser_page.wait_for_panel(panel)
        page.locator(EXAMPLES[panel]).locator("visible=true").first.wait_for()
        page.wait_for_function(IS_CALM)
        page.locator(".iris-photo:visible input[type=file]").first.set_input_files([file])
        status.get_by_text(words).wait_for()
        page.locator(".iris-stale:visible").first.wait_for()
        page.get_by_role("button", name="Save", exact=True).locator("visible=true").wait_for(state="hidden")
    browser_page.faults.clear()  # the browser notes each refusal
