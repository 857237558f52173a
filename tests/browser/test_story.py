"""The whole story with real scans: ingested, played by three people in three browsers, released."""

import csv
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.models import F

from tasks.models import Task
from tasks.showing.projects import count_progress

SCANS = settings.BASE_DIR.parent / "shared" / "scans" / "demo"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.story,
    pytest.mark.skipif(not SCANS.exists(), reason="the sample scans do not lie beside this checkout"),
]


def true_lines():
    """Return ``{(page width, x, y): text}`` of the registers; the two pages differ in width."""
    with (SCANS / "line_truth.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["image"].startswith("registers/") and row["level"] == "line"]
    return {(int(row["image_w"]), int(row["x"]), int(row["y"])): plain(row["text"]) for row in rows}


def plain(text):
    return " ".join(unicodedata.normalize("NFC", text).split())


class Reader:
    """A person in a browser of their own who knows what the lines say, or always types them backwards."""

    def __init__(self, page, truth, *, wrong=False):
        self.page, self.truth, self.wrong = page, truth, wrong
        self.questions = {}
        page.on("response", self.hear)

    def hear(self, response):
        if "/api/v1/" in response.url and response.ok and response.request.method == "POST":
            self.learn(response.json().get("leases", []))

    def learn(self, leases):
        for lease in leases:
            task = lease["task"]
            x, y, *_size = task["page"]["region"]
            self.questions[task["image"]["url"]] = self.truth[task["page"]["width"], x, y]

    def start(self):
        self.page.goto("/projects/registers/")
        self.page.get_by_role("button", name="Read a line").click()
        self.page.locator("#task").wait_for()
        self.learn(self.page.evaluate("JSON.parse(document.getElementById('leases').textContent).leases"))

    def read_a_line(self):
        shown = self.page.locator("#scan img.crop").get_attribute("src")
        text = self.questions[shown]
        field = self.page.get_by_role("textbox", name="What does this line say?")
        field.fill(f"{text[::-1]} ?" if self.wrong else text)
        field.press("Enter")
        self.page.wait_for_function(
            """before => document.querySelector("#done:not([hidden])") ||
                document.querySelector("#scan img.crop")?.getAttribute("src") !== before""",
            arg=shown,
        )


def keep(lines):
    """Leave so many lines that each reader reads every one, in whatever order they come."""
    few = Task.objects.order_by("pk").values_list("pk", flat=True)[:lines]
    Task.objects.exclude(pk__in=list(few)).delete()
    count_progress(Task.objects.first().project_id)


def released_rows(project):
    Task.objects.filter(settled_at__isnull=False).update(settled_at=F("settled_at") - timedelta(minutes=2))
    call_command("release", project)
    path = Path(settings.FILES, "releases", project, "1", "data.csv")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_three_readers_one_of_them_wrong_make_a_dataset_that_is_right(open_page, in_thread, votes, size):
    in_thread(call_command, "ingest", "registers", str(SCANS / "registers"))
    lines = size(5, 90)
    in_thread(keep, lines)
    truth = true_lines()
    right, wrong, last = Reader(open_page(), truth), Reader(open_page(), truth, wrong=True), Reader(open_page(), truth)

    for readers in ((right, wrong), (last,)):  # the last is asked where two differ: everywhere
        for reader in readers:
            reader.start()
        for _line in range(lines):
            for reader in readers:
                reader.read_a_line()
        votes(2 * lines)
    assert len(votes(3 * lines)) == 3 * lines

    rows = in_thread(released_rows, "registers")
    agreed = [row for row in rows if row["status"] == "agreed"]
    read = [(row["value"], truth[int(row["page_width"]), int(row["x"]), int(row["y"])]) for row in agreed]
    assert len(agreed) == lines
    assert [value for value, _text in read] == [text for _value, text in read]
