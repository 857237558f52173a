"""Photograph the pages of a running demo: ``uv run python -m docs.take_screenshots [--url URL] [--data DIR] [name …]``.

Each page is taken on a phone and on a desktop, by day and at night, into ``docs/screenshots/`` (or ``--to DIR``) as
WebP; without names all are taken, and what is no longer a picture is deleted. Needs Chromium (in ``PATH``, or
``CHROMIUM=PATH``) and a demo with its own sample, a fresh one for the same pictures again: some lines are read, as they
were drawn.
"""

import argparse
import io
import os
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Literal
from uuid import uuid4

import django
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
WINDOWS: dict[str, ViewportSize] = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 800}}
SCHEMES: dict[str, Literal["light", "dark"]] = {"day": "light", "night": "dark"}
QUALITY = 80  # of WebP: letters stay sharp, a picture stays under 150 kB
VERIFIED, HALF_DONE, FINISHED = "finnish-gazette", "swedish-arrivals", "finnish-newspapers"
ROUND = 10  # lines of a round of Bridge
# Whoever answers in no time has not read, and is told nothing; by this clock our visitor takes as long as people.
HURRY = "const clock = performance.now.bind(performance); performance.now = () => 60 * clock();"


class Visitor:
    """Somebody before a page: knows what is written in the lines, and the archivist's password."""

    def __init__(self, page: Page, written: dict[str, str], password: str) -> None:
        self.page, self.written, self.password = page, written, password

    def go(self, path: str) -> None:
        self.page.goto(path)

    def sign_in(self) -> None:
        self.go("/desk/")
        self.page.get_by_label("User name").fill("archivist")
        self.page.get_by_label("Password").fill(self.password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile(r"//[^/]+/desk/$"))

    def start(self, project: str, way: str) -> None:
        self.go(f"/play/{project}/?way={way}")
        self.page.get_by_role("button", name="Start").click()
        self.page.locator("#scan img.crop").wait_for()

    def type_line(self, slip: Callable[[str], str] = str) -> None:
        self.page.locator("#say").fill(slip(self.written[self.shown()]))

    def read_lines(self, lines: int) -> None:
        for _line in range(lines):
            before = self.shown()
            self.type_line()
            self.page.keyboard.press("Enter")
            self.page.wait_for_function(
                """before => !document.querySelector("#task").checkVisibility() ||
                    new URL(document.querySelector("#scan img.crop")?.src ?? "x:/").pathname !== before""",
                arg=before,
            )

    def shown(self) -> str:
        """The address of the picture of the line."""
        found = self.page.locator("#scan img.crop").evaluate("picture => new URL(picture.src).pathname")
        return str(found)

    def follow(self, link: str) -> None:
        address = self.page.locator(link).first.get_attribute("href")
        assert address
        self.go(address)


def at(path: str) -> Callable[[Visitor], None]:
    return lambda visitor: visitor.go(path)


def desk(path: str, *links: str) -> Callable[[Visitor], None]:
    """Sign in, go to ``path`` and from there by ``links``, which are CSS selectors."""

    def show(visitor: Visitor) -> None:
        visitor.sign_in()
        visitor.go(path)
        for link in links:
            visitor.follow(link)

    return show


def play(visitor: Visitor) -> None:
    visitor.start(HALF_DONE, "plain")
    visitor.read_lines(2)
    visitor.type_line()


def check(visitor: Visitor) -> None:
    visitor.start(VERIFIED, "plain")


def bridge(visitor: Visitor) -> None:
    visitor.start(HALF_DONE, "bridge")
    visitor.read_lines(ROUND // 2)
    visitor.type_line()


def bridge_end(visitor: Visitor) -> None:
    visitor.start(HALF_DONE, "bridge")
    visitor.read_lines(ROUND)
    visitor.page.get_by_role("heading", name="You are across.").wait_for()


def choose(visitor: Visitor) -> None:
    """Behind the known lines that a newcomer begins with comes one of which two readings compete."""
    with ThreadPoolExecutor(1) as thread:  # this one has Playwright's event loop
        thread.submit(let_readings_compete, visitor.written).result()
    visitor.start(HALF_DONE, "plain")
    while not visitor.page.locator("#choose").is_visible():
        visitor.read_lines(1)
        visitor.page.locator("#task").wait_for()


def teach(visitor: Visitor) -> None:
    visitor.start(HALF_DONE, "plain")
    visitor.type_line(misread)
    visitor.page.keyboard.press("Enter")
    visitor.page.locator("#lesson").wait_for()


def misread(text: str) -> str:
    from tasks.playing.mistyping import mistype

    rng = Random(text)
    return next(read for read in iter(lambda: mistype(text, rng), None) if read != text)


def let_readings_compete(written: dict[str, str]) -> None:
    """Let two simulated volunteers read an untouched line differently."""
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone

    from accounts.models import Volunteer
    from tasks.leasing.leases import NEW_LEASES, make_leases
    from tasks.models import Task
    from tasks.playing.submission import Submission, submit_answers
    from tasks.showing.questions import crop_url

    now = timezone.now()
    untouched = Task.objects.lines().with_seats().filter(project__slug=HALF_DONE, answered=0)[:200]
    line = max(untouched, key=lambda task: len(written[crop_url(task.pk)]))
    text = written[crop_url(line.pk)]
    for reader, reading in zip(Volunteer.objects.filter(simulated=True)[:2], (text, misread(text)), strict=True):
        until = now + settings.LEASE_TIME
        [(token, lease)] = make_leases(line.project_id, reader.pk, [(line.pk, line.subject)], now, until)
        NEW_LEASES.many([lease])
        Task.objects.filter(pk=line.pk).update(leased=1)
        submit_answers(reader, [Submission(token, uuid4(), {"text": reading})])
    connections.close_all()


def done(visitor: Visitor) -> None:
    visitor.go(f"/play/{FINISHED}/")
    visitor.page.get_by_role("button", name="Start").click()
    visitor.page.get_by_role("heading", name="Thank you").wait_for()


def me(visitor: Visitor) -> None:
    visitor.start(HALF_DONE, "plain")
    visitor.read_lines(ROUND)
    visitor.page.wait_for_load_state("networkidle")
    visitor.go("/me/")


def row(visitor: Visitor) -> None:
    visitor.go(f"/data/{FINISHED}/")
    visitor.follow("td a")


def upload(visitor: Visitor) -> None:
    desk(f"/desk/{HALF_DONE}/batches/")(visitor)
    pages = sorted(Path(os.environ["CIVICTASKS_DATA"]).glob(f"sample/{HALF_DONE}/pages/*.jpg"))
    visitor.page.locator("#files").set_input_files(pages[:12])


def fault(visitor: Visitor) -> None:
    """A page that no address leads to: its own text, put in the place of another."""
    from django.template.loader import render_to_string

    text = render_to_string("500.html")
    visitor.page.route("**/fault/", lambda route: route.fulfill(status=500, content_type="text/html", body=text))
    visitor.go("/fault/")


PICTURES: dict[str, Callable[[Visitor], None]] = {
    "home": at("/"),
    "projects": at("/projects/"),
    "project": at(f"/projects/{HALF_DONE}/"),
    "play": play,
    "check": check,
    "teach": teach,
    "bridge-start": at(f"/play/{HALF_DONE}/?way=bridge"),
    "bridge": bridge,
    "bridge-end": bridge_end,
    "done": done,
    "leaderboards": at("/leaderboards/"),
    "me": me,
    "sign-in": at("/desk/sign-in/"),
    "desk": desk("/desk/"),
    "desk-project": desk(f"/desk/{HALF_DONE}/"),
    "question": desk(f"/desk/{HALF_DONE}/questions/transcribe/"),
    "known": desk(f"/desk/{HALF_DONE}/known/"),
    "known-line": desk(f"/desk/{HALF_DONE}/known/next/"),
    "upload": upload,
    "batch": desk(f"/desk/{HALF_DONE}/batches/", "table a[href*='/batches/']"),
    "cuts": desk(f"/desk/{HALF_DONE}/batches/", "table a[href*='/batches/']", "a[href$='/pages/']"),
    "review": desk(f"/desk/{FINISHED}/review/"),
    "releases": desk(f"/desk/{FINISHED}/releases/"),
    "team": desk("/desk/team/"),
    "data": at("/data/"),
    "dataset": at(f"/data/{FINISHED}/"),
    "row": row,
    "api": at("/api/v1/docs"),
    "not-found": at("/nothing-here/"),
    "fault": fault,
    "offline": at("/offline/"),
    "choose": choose,  # the last: from then on everybody is asked to choose first
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Photograph the pages of a running demo.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the demo answers")
    parser.add_argument("--data", default=os.environ.get("CIVICTASKS_DATA", "var"), help="the demo's data folder")
    parser.add_argument("--to", type=Path, default=FOLDER, help="the folder for the pictures")
    parser.add_argument("names", nargs="*", help=f"which pictures; all without: {', '.join(PICTURES)}")
    wanted = parser.parse_args()
    if unknown := set(wanted.names) - set(PICTURES):
        parser.error(f"no such picture: {', '.join(sorted(unknown))}; there are {', '.join(PICTURES)}")
    os.environ |= {"CIVICTASKS_DATA": wanted.data, "DJANGO_SETTINGS_MODULE": "civictasks.settings"}
    django.setup()
    written, password = what_is_written(), password_in(Path(wanted.data) / "archivist.txt")
    if not wanted.names:
        shutil.rmtree(wanted.to, ignore_errors=True)
    wanted.to.mkdir(exist_ok=True)
    with chromium() as browser:
        for name in wanted.names or PICTURES:
            for window in WINDOWS:
                take(browser, wanted, name, window, written, password)


def what_is_written() -> dict[str, str]:
    """Return the text of each line that the demo asks to be typed, by the address of its picture."""
    from tasks.gold.truth import read_truth, text_at
    from tasks.identity import Region
    from tasks.models import Project, Task
    from tasks.showing.questions import crop_url

    project = Project.objects.get(slug=HALF_DONE)
    truth = read_truth(Path(os.environ["CIVICTASKS_DATA"]) / "sample" / HALF_DONE / "pages" / "truth.csv", project)
    return {
        crop_url(task.pk): text_at(truth[task.page_id], Region(task.x, task.y, task.width, task.height)) or ""
        for task in Task.objects.filter(project=project)
    }


def password_in(note: Path) -> str:
    found = re.search(r"password (\S+)", note.read_text())
    assert found
    return found[1]


@contextmanager
def chromium() -> Iterator[Browser]:
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=named, args=["--no-sandbox"])
        yield browser
        browser.close()


def take(
    browser: Browser, wanted: argparse.Namespace, name: str, window: str, written: dict[str, str], password: str
) -> None:
    """Take a page by day and, without loading it again, at night."""
    phone = window == "phone"
    context = browser.new_context(
        base_url=wanted.url,
        viewport=WINDOWS[window],
        reduced_motion="reduce",
        locale="en",
        has_touch=phone,
        is_mobile=phone,
    )
    context.add_init_script(HURRY)
    page = context.new_page()
    PICTURES[name](Visitor(page, written, password))
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    for scheme, theme in SCHEMES.items():
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        path = wanted.to / f"{name}-{window}-{scheme}.webp"
        with Image.open(io.BytesIO(page.screenshot())) as picture:
            picture.save(path, quality=QUALITY, method=6)
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB", flush=True)
    context.close()


if __name__ == "__main__":
    main()
