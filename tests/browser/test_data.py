"""From the button on the desk to a file on the disk of whoever wants it, under the eyes of axe."""

import hashlib

import pytest
from playwright.sync_api import expect

from exports.models import Release
from tasks.models import Project, Task
from tests.factories import settle_task

from .looking import PHONE
from .test_desk import owner, sign_in  # noqa: F401  # a fixture

pytestmark = [pytest.mark.browser, pytest.mark.story]
DESK = "/desk/finnish-newspapers/releases/"


def settle_a_line(text: str) -> None:
    page = Task.objects.order_by("pk").first().page
    settle_task(Project.objects.get().workflows.get(), text, text, suggestion="Abo", page=page)


def release_by_button(page, run_jobs, notes: str) -> None:
    page.goto(DESK)
    page.get_by_label("Notes for this version").fill(notes)
    page.get_by_role("button", name="Release under CC0-1.0").click()
    expect(page.locator("#order")).to_contain_text("Waiting for a worker")
    run_jobs()
    expect(page.locator("#order")).to_contain_text("is published")  # by itself


@pytest.mark.usefixtures("owner")
def test_what_an_archivist_releases_by_button_anybody_traces_to_its_place_and_downloads(
    open_page, in_thread, run_jobs, faults
):
    desk, page = open_page(), open_page(viewport=PHONE, accept_downloads=True)
    sign_in(desk)
    for text in ("Åbo Tidningar", "Wasa Tidning"):
        in_thread(settle_a_line, text)
        release_by_button(desk, run_jobs, f"With {text}.")
    assert faults(desk) == []

    page.goto("/data/")
    page.get_by_role("link", name="Finnish newspapers").click()
    for summary in page.locator("details.more > summary").all():
        summary.click()
    assert faults(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="data.csv", exact=True).click()
    given = download.value.path().read_bytes()
    assert hashlib.sha256(given).hexdigest() in page.locator("table.columns").first.text_content()
    page.locator("a.thumb").first.click()
    expect(page.locator(".said")).to_have_text("Åbo Tidningar")
    expect(page.locator(".page, .pile svg image")).to_have_count(1)
    assert faults(page) == []

    desk.get_by_role("link", name="Withdraw release 1").click()
    desk.get_by_label("Reason").fill("A name is wrong.")
    assert faults(desk) == []
    desk.get_by_role("button", name="Withdraw release 1").click()
    expect(desk.get_by_role("status").first).to_contain_text("Release 1 is withdrawn.")
    page.goto("/data/finnish-newspapers/1/")
    expect(page.locator("main")).to_contain_text("A name is wrong.")
    assert faults(page) == []
    page.problems[:] = [problem for problem in page.problems if "410" not in problem]
    assert in_thread(lambda: Release.objects.filter(state="published").count()) == 1
