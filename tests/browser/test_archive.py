"""The whole story without a command line: a box of scans becomes open data, with one dispute on the way."""

import csv
import hashlib
import io
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import F
from playwright.sync_api import expect

from accounts.enums import Role
from accounts.models import Membership
from tasks.enums import TaskState
from tasks.models import Page, Task
from tasks.showing.projects import count_progress
from tests.factories import make_organisation, make_volunteer

BOX = settings.BASE_DIR.parent / "shared" / "scans" / "public" / "forms" / "zip" / "windows_cp850_backslash.zip"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.skipif(not BOX.exists(), reason="the sample scans do not lie beside this checkout"),
]
PASSWORD = "kept in a drawer"
TITLE, SLUG = "Kartei Müller", "kartei-muller"


def hire():
    archivist = make_volunteer(username="aino", display_name="Aino")
    archivist.set_password(PASSWORD)
    archivist.save()
    Membership.objects.create(organisation=make_organisation(), volunteer=archivist, role=Role.ARCHIVIST)


def sign_in(page):
    page.goto("/desk/")
    page.get_by_label("User name").fill("aino")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")


def found_project(page):
    page.get_by_role("link", name="Create a project").click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Licence of the readings").select_option("CC0-1.0")
    page.get_by_label("Rights of the pictures").fill("Public domain")
    page.keyboard.press("Enter")
    page.get_by_label("My own numbers").check()
    page.get_by_label("Readings at least").fill("2")
    page.get_by_label("Readings at most").fill("2")
    page.get_by_role("button", name="Ask this question").click()
    page.wait_for_url(f"**/desk/{SLUG}/questions/")


def upload_box(page, run_jobs):
    page.get_by_role("link", name="Batches").click()
    page.get_by_label("Files", exact=True).set_input_files(BOX)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url(re.compile(r"/batches/\d+/$"))
    expect(page.locator(".badge").first).to_be_visible()
    run_jobs()
    page.reload()
    expect(page.get_by_role("heading", name="Report")).to_be_visible()


def look_at_cuts(page):
    """Return how many lines were cut from the first page, as the frames show them."""
    page.get_by_role("link", name="See what was cut").click()
    expect(page.locator(".leaves li")).to_have_count(3)
    return page.locator(".leaves li").first.locator("rect.cut").count()


def keep_few_lines(lines):
    """Ask for three lines of the first page, where ``lines`` were cut: two people are going to read every one."""
    tasks = Task.objects.filter(page=Page.objects.earliest("pk")).order_by("position")
    assert tasks.count() == lines
    Task.objects.exclude(pk__in=[task.pk for task in tasks[:3]]).delete()
    count_progress(tasks.first().project_id)


class Reader:
    """Types what the address of a picture tells, so that two people agree without knowing what stands there."""

    def __init__(self, page, slips):
        self.page, self.slips = page, slips

    def play(self):
        """Read everything there is; return how many lines that was."""
        self.page.goto(f"/projects/{SLUG}/")
        self.page.get_by_role("button", name="Read a line").click()
        self.page.locator("#scan img.crop").wait_for()
        return sum(1 for _line in iter(self.read_a_line, False))

    def read_a_line(self):
        shown = self.page.locator("#scan img.crop").get_attribute("src")
        text = re.sub(r"\W+", " ", shown).strip()
        field = self.page.get_by_role("textbox", name="What does this line say?")
        field.fill("something else" if self.slips else text)
        self.slips = False
        field.press("Enter")
        moved = self.page.wait_for_function(
            """before => document.querySelector("#done:not([hidden])") ? "done" :
                document.querySelector("#scan img.crop")?.getAttribute("src") !== before && "next" """,
            arg=shown,
        )
        return moved.json_value() == "next"


def wait_out_the_minute():
    """Let the minute pass in which an answer can be taken back."""
    Task.objects.filter(settled_at__isnull=False).update(settled_at=F("settled_at") - timedelta(minutes=2))
    count_progress(Task.objects.first().project_id)


def files_of_the_release(page):
    """Return ``{name: bytes}`` of all that the dataset's page offers."""
    links = page.locator("a.file").evaluate_all("links => links.map(link => [link.textContent, link.href])")
    return {name: page.request.get(address).body() for name, address in links}


def test_a_box_of_scans_becomes_open_data_without_a_command_line(open_page, in_thread, run_jobs):
    in_thread(hire)
    desk = open_page(viewport={"width": 1280, "height": 800})
    sign_in(desk)
    found_project(desk)
    upload_box(desk, run_jobs)
    in_thread(keep_few_lines, look_at_cuts(desk))

    desk.get_by_role("link", name="Overview").click()
    desk.get_by_role("button", name="Publish").click()
    expect(desk.locator(".next .badge")).to_have_text("open")

    assert [Reader(open_page(), slips=number == 1).play() + 1 for number in range(2)] == [3, 3]
    in_thread(wait_out_the_minute)

    desk.get_by_role("link", name="Review").click()
    expect(desk.locator("#scan img.crop")).to_be_visible()
    desk.keyboard.press("1")
    expect(desk.get_by_text("Nothing is in dispute")).to_be_visible()
    in_thread(wait_out_the_minute)
    assert in_thread(lambda: Task.objects.filter(state=TaskState.AGREED).count()) == 3

    desk.get_by_role("link", name="Releases").click()
    desk.get_by_role("button", name="Release under").click()
    run_jobs()
    desk.get_by_role("link", name="See its page").click()  # the page loads itself anew once the release is there
    files = files_of_the_release(desk)

    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert {name: hashlib.sha256(content).hexdigest() for name, content in files.items()} == sums
    rows = list(csv.DictReader(io.StringIO(files["data.csv"].decode("utf-8-sig"))))
    assert (len(rows), {row["status"] for row in rows}) == (3, {"agreed"})
    assert sorted(row["decided_by"] for row in rows) == ["reviewer"] + ["rule"] * 2
