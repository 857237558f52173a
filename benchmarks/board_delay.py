"""How long until a score moves on another open page, in real browsers against a running site.

    uv run python -m benchmarks.board_delay --url http://127.0.0.1:8000 --project swedish-arrivals --answers 20

A page shows the board of all with the reader's own row; the reader answers elsewhere, over the API. Prints the time
from the reply that acknowledges the answer to the new points standing on the page, in milliseconds.
"""

import argparse
import os
import shutil
import statistics
import time
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, sync_playwright


def answer(context: BrowserContext, project: str) -> None:
    """Lease one line and answer it as a volunteer of the browser context."""
    token = {cookie["name"]: cookie["value"] for cookie in context.cookies()}.get("csrftoken", "")
    headers = {"X-CSRFToken": token} if token else {}
    leased = context.request.post(f"/api/v1/projects/{project}/leases", data={"count": 1}, headers=headers).json()
    token = {cookie["name"]: cookie["value"] for cookie in context.cookies()}["csrftoken"]
    given = {"lease": leased["leases"][0]["lease"], "key": str(uuid4()), "value": {"text": f"line {uuid4()}"}}
    context.request.post("/api/v1/answers", data={"answers": [given]}, headers={"X-CSRFToken": token})


def delays(board: Page, reader: BrowserContext, project: str, answers: int) -> list[float]:
    answer(reader, project)  # from now on the reader has a row, wherever on the board
    board.goto("/leaderboards/?board=all&period=today")
    board.locator("#live:has-text('Live')").wait_for()
    found = []
    for _answer in range(answers):
        before = board.locator("#board").inner_text()
        answer(reader, project)
        begun = time.perf_counter()
        board.wait_for_function("text => document.querySelector('#board').innerText !== text", arg=before, polling=20)
        found.append(1000 * (time.perf_counter() - begun))
    return sorted(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--project", default="swedish-arrivals")
    parser.add_argument("--answers", type=int, default=20)
    options = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        reader = browser.new_context(base_url=options.url)
        board = reader.new_page()
        found = delays(board, reader, options.project, options.answers)
        browser.close()
    print(f"{len(found)} answers: p50 {statistics.median(found):.0f} ms, longest {found[-1]:.0f} ms")


if __name__ == "__main__":
    main()
