"""Photograph a running demo: ``uv run python -m docs.take_screenshots --url http://127.0.0.1:8000``.

Each page is taken on a phone and on a desktop, by day and at night, into ``docs/screenshots/`` as WebP. Needs Chromium
(in ``PATH``, or ``CHROMIUM=PATH``) and the demo's own sample. Nothing is answered.
"""

import argparse
import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
WINDOWS = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 800}}
SCHEMES = {"day": "light", "night": "dark"}
QUALITY = 82  # of WebP: letters stay sharp, a picture stays under 150 kB
OPEN, FINISHED = "finnish-gazette", "finnish-newspapers"


def show(path: str) -> Callable[[Page], None]:
    return lambda page: page.goto(path) and None


def show_play(page: Page) -> None:
    page.goto(f"/play/{OPEN}/")
    page.get_by_role("button", name="Start").click()
    page.locator("#scan img.crop").wait_for()
    page.mouse.move(0, 0)


def show_done(page: Page) -> None:
    page.goto(f"/play/{FINISHED}/")
    page.get_by_role("button", name="Start").click()
    page.get_by_role("heading", name="Thank you").wait_for()


PICTURES: dict[str, Callable[[Page], None]] = {
    "home": show("/"),
    "project": show(f"/projects/{OPEN}/"),
    "play": show_play,
    "done": show_done,
    "leaderboard": show("/leaderboards/"),
    "data": show("/data/"),
    "dataset": show(f"/data/{FINISHED}/"),
    "api": show("/api/v1/docs"),
    "not-found": show("/nothing-here/"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Photograph the pages of a running demo.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the demo answers")
    parser.add_argument("names", nargs="*", help=f"which pictures; all without: {', '.join(PICTURES)}")
    wanted = parser.parse_args()
    if unknown := set(wanted.names) - set(PICTURES):
        parser.error(f"no such picture: {', '.join(sorted(unknown))}; there are {', '.join(PICTURES)}")
    FOLDER.mkdir(exist_ok=True)
    with chromium() as browser:
        for name in wanted.names or PICTURES:
            for window in WINDOWS:
                for scheme in SCHEMES:
                    take(browser, wanted.url, name, window, scheme)


@contextmanager
def chromium() -> Iterator[Browser]:
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=named, args=["--no-sandbox"])
        yield browser
        browser.close()


def take(browser: Browser, url: str, name: str, window: str, scheme: str) -> None:
    phone = window == "phone"
    context = browser.new_context(
        base_url=url,
        viewport=WINDOWS[window],
        color_scheme=SCHEMES[scheme],
        reduced_motion="reduce",
        has_touch=phone,
        is_mobile=phone,
    )
    page = context.new_page()
    PICTURES[name](page)
    page.wait_for_load_state("networkidle")
    path = FOLDER / f"{name}-{window}-{scheme}.webp"
    with Image.open(io.BytesIO(page.screenshot())) as picture:
        picture.save(path, quality=QUALITY, method=6)
    print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    context.close()


if __name__ == "__main__":
    main()
