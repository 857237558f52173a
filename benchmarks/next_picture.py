"""How long a volunteer waits from Enter to the next picture, in a real browser against a running site.

    uv run python -m benchmarks.next_picture --url http://127.0.0.1:8000 --project swedish-arrivals --lines 100
    uv run python -m benchmarks.next_picture --way bridge

Measured inside the page: from the key's event to the first animation frame in which the next line's picture is decoded
and laid out. Prints milliseconds. In Bridge the last line of a round has no next picture and is not measured.
"""

import argparse
import os
import shutil
import statistics

from playwright.sync_api import Page, sync_playwright

WATCH = """
() => {
  window.waits = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const pressed = performance.now();
    const before = document.querySelector("#scan img.crop").getAttribute("src");
    const look = () => {
      if (!document.querySelector("#done").hidden) return;
      const crop = document.querySelector("#scan img.crop");
      const there = crop.getAttribute("src") !== before && crop.complete && crop.naturalWidth;
      if (!there) return requestAnimationFrame(look);
      requestAnimationFrame(() => waits.push(performance.now() - pressed));
    };
    look();
  }, true);
}
"""


ON = "number => waits.length > number || !document.querySelector('#done').hidden"


def play(page: Page, project: str, lines: int, way: str) -> list[float]:
    """Answer lines until ``lines`` waits were measured and return these, in milliseconds."""
    page.goto(f"/play/{project}/?way={way}")
    page.get_by_role("button", name="Start").click()
    page.locator("#scan img.crop").wait_for()
    page.evaluate(WATCH)
    measured = 0
    while measured < lines:
        if page.locator("#which").is_visible():
            choose(page)
            continue
        page.keyboard.type(f"line {measured}", delay=5)
        page.keyboard.press("Enter")
        page.wait_for_function(ON, arg=measured)
        if page.locator("#again").is_visible():
            page.locator("#again").click()
        measured = page.evaluate("waits.length")
    return page.evaluate("waits")


def choose(page: Page) -> None:
    """Take the first of the readings that a line is shown with: no Enter, not measured."""
    before = page.locator("#scan img.crop").get_attribute("src")
    page.keyboard.press("1")
    page.wait_for_function(
        "before => document.querySelector('#scan img.crop').getAttribute('src') !== before", arg=before
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--project", default="swedish-arrivals")
    parser.add_argument("--way", choices=["plain", "bridge"], default="plain")
    parser.add_argument("--lines", type=int, default=100)
    options = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(base_url=options.url).new_page()
        waits = sorted(play(page, options.project, options.lines, options.way))
        browser.close()
    p95 = waits[int(len(waits) * 0.95) - 1]
    print(f"{len(waits)} lines: p50 {statistics.median(waits):.0f} ms, p95 {p95:.0f} ms, longest {waits[-1]:.0f} ms")


if __name__ == "__main__":
    main()
