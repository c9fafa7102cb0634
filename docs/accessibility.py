"""Look for faults of accessibility in every tab and panel of a running page, in both colour schemes, with axe-core.

    npm pack axe-core && tar xzf axe-core-*.tgz package/axe.min.js
    python app.py --port 7860 &
    python docs/accessibility.py http://127.0.0.1:7860 package/axe.min.js

Prints each violation of axe-core's rules; the exit code is 1 where there is one.
"""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

PANELS = (
    "style/paintings", "style/any-artwork", "style/video", "style/webcam", "upscale", "describe", "find",
)  # fmt: skip
FOLDS = """
  document.querySelectorAll(".iris-more button.label-wrap").forEach((fold) => fold.checkVisibility() && fold.click())
"""
SETTLED = 8000  # milliseconds until the examples are there

Scheme = Literal["light", "dark"]


def main() -> int:
    """Check what the command line names; gives the exit code."""
    parser = argparse.ArgumentParser(description="Accessibility of a running page, by axe-core.")
    parser.add_argument("url")
    parser.add_argument("axe", type=Path, help="axe.min.js of the npm package axe-core")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="the browser's program")
    given = parser.parse_args()
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.browser, args=flags)
        found = sum(check(browser, given, panel, scheme) for scheme in ("light", "dark") for panel in PANELS)
    return 1 if found else 0


def check(browser: Browser, given: argparse.Namespace, panel: str, scheme: Scheme) -> int:
    """Print the violations of one panel in one colour scheme, its folds open; gives how many elements have one."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto(f"{given.url}/#{panel}")
    page.get_by_role("tab").first.wait_for()
    page.wait_for_timeout(SETTLED)
    page.evaluate(FOLDS)
    page.evaluate(given.axe.read_text())
    violations = page.evaluate("axe.run()")["violations"]
    page.close()
    nodes = [(rule["id"], node["html"][:200]) for rule in violations for node in rule["nodes"]]
    print(f"{scheme} {panel}: {len(nodes)} violations")
    for rule, markup in nodes:
        print(f"    {rule}: {markup}")
    return len(nodes)


if __name__ == "__main__":
    sys.exit(main())
