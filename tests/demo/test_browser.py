"""The page in a real browser: what only its scripts do."""

from browser_page import BrowserPage


def test_the_page_opens_with_its_tabs_and_without_an_error(browser_page: BrowserPage) -> None:
    assert browser_page.tabs[:4] == ["Style", "Upscale", "Describe", "Find"]
    for name in browser_page.tabs[:4]:
        assert browser_page.open_tab(name).is_visible()


def test_an_error_in_the_page_would_be_told(browser_page: BrowserPage) -> None:
    browser_page.page.evaluate("console.error('broken')")
    assert [fault.partition(" (")[0] for fault in browser_page.faults] == ["console: broken"]
    browser_page.faults.clear()
