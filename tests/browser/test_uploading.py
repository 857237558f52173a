"""An archivist brings scans by browser: several files, a line that breaks, a reload, a file that is refused."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from accounts.models import Membership
from ingestion.models import File, Upload
from tasks.enums import TaskState
from tasks.models import Batch, Page, Task
from tests.factories import make_volunteer, make_workflow
from tests.ingestion.drawing import document, page_bytes

pytestmark = pytest.mark.browser


@pytest.fixture
def project(in_thread, live_url):
    return in_thread(make_workflow).project


@pytest.fixture
def desk(open_page, in_thread, project):
    """``desk(**look)`` opens a page of the project's archivist, signed in."""

    def sign_up():
        archivist = make_volunteer(username="archivist")
        archivist.set_password("a long password indeed")
        archivist.save()
        Membership.objects.create(organisation=project.organisation, volunteer=archivist, role=Role.ARCHIVIST)

    in_thread(sign_up)

    def opened(**look):
        page = open_page(**look)
        page.goto("/desk/sign-in/")
        page.get_by_label("Name", exact=False).first.fill("archivist")
        page.locator("input[type=password]").fill("a long password indeed")
        page.locator("main form button").click()
        page.wait_for_url("**/desk/")
        return page

    return opened


def zipped(folder: Path, *files: tuple[str, bytes]) -> Path:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    (folder / "box.zip").write_bytes(buffer.getvalue())
    return folder / "box.zip"


@pytest.mark.story
def test_scans_brought_by_browser_are_read_and_shown(desk, project, in_thread, run_jobs, tmp_path, faults):
    page = desk()
    page.goto(f"/desk/{project.slug}/batches/")
    assert faults(page) == []

    upload_a_box(page, tmp_path)
    run_jobs()
    expect(page.locator("#report .badge").first).to_have_text("done")
    expect(page.locator("#report .files > li")).to_have_count(4)
    expect(page.locator("#report .wants")).to_contain_text("torn.jpg")
    assert faults(page) == []
    send_again(page, "torn.jpg", tmp_path)
    run_jobs()
    expect(page.locator("#report .badge").first).to_have_text("done")
    expect(page.locator("#report .wants")).to_have_count(0)
    assert sorted(in_thread(lambda: list(File.objects.values_list("path_label", "state")))) == [
        ("box.zip/a.jpg", "done"), ("box.zip/b.jpg", "done"), ("register.pdf", "done"), ("torn.jpg", "done"),
    ]  # fmt: skip

    withhold_a_page(page, faults)
    page.goto(f"/desk/{project.slug}/batches/")
    assert faults(page) == []
    withdraw_the_batch(page)
    open_tasks = in_thread(lambda: Task.objects.filter(state=TaskState.OPEN).count())
    shown = in_thread(lambda: Page.objects.filter(withheld_at=None).count())
    assert (open_tasks, shown) == (0, 0)


def upload_a_box(page, folder):
    (folder / "register.pdf").write_bytes(document(2))
    (folder / "torn.jpg").write_bytes(page_bytes(9)[:-900])
    box = zipped(folder, ("a.jpg", page_bytes(1)), ("b.jpg", page_bytes(2)))
    page.get_by_label("What to call this batch").fill("Box 1")
    page.get_by_label("Files", exact=True).set_input_files([box, folder / "register.pdf", folder / "torn.jpg"])
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("waiting to be read").first).to_be_visible()
    assert re.search(r"/batches/\d+/$", page.url)


def send_again(page, name, folder):
    (folder / "whole.jpg").write_bytes(page_bytes(9))
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name=f"Send this file again {name}").click()
    with page.expect_navigation():
        choosing.value.set_files(folder / "whole.jpg")


def withhold_a_page(page, faults):
    page.get_by_role("link", name="See what was cut").click()
    expect(page.locator(".leaves svg")).to_have_count(5)
    assert faults(page) == []
    page.get_by_role("link", name="register, page 2").click()
    page.get_by_text("Withhold this page").wait_for()
    assert faults(page) == []
    page.get_by_text("Withhold this page").click()
    page.get_by_role("button", name="Withhold it").click()
    expect(page.get_by_role("button", name="Show this page again")).to_be_visible()


def withdraw_the_batch(page):
    page.get_by_role("link", name="Box 1").click()
    page.get_by_text("Withdraw this batch").click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("button", name="Restore this batch")).to_be_visible()


def test_files_chosen_before_the_script_has_come_are_among_those_sent(desk, project, tmp_path):
    page, held = desk(), []
    (tmp_path / "card.jpg").write_bytes(page_bytes(1))
    page.route("**/ingestion/upload.js", lambda route: held.append(route))
    page.goto(f"/desk/{project.slug}/batches/", wait_until="commit")
    page.get_by_label("Files", exact=True).set_input_files(tmp_path / "card.jpg")

    held[0].continue_()

    expect(page.locator("#chosen")).to_contain_text("1 files chosen")


def test_an_upload_goes_on_after_a_broken_line_and_after_a_reload(desk, project, in_thread, tmp_path):
    content = {"a.bin": bytes(range(256)), "b.bin": b"x" * 4_500_000}
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    paths = [tmp_path / name for name in content]
    page = desk()
    sent = []

    def break_off(route):
        sent.append(route.request.url)
        route.abort() if len(sent) == 1 else route.fallback()

    page.route(
        "**/api/v1/uploads/*", lambda route: break_off(route) if route.request.method == "PATCH" else route.fallback()
    )
    page.goto(f"/desk/{project.slug}/batches/")
    page.get_by_label("Files", exact=True).set_input_files(paths)
    page.route("**/finish", lambda route: route.abort())
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("Everything has arrived")).to_be_visible(timeout=30_000)
    page.unroute("**/finish")
    assert len(sent) >= 3
    page.problems.clear()

    def cut_one():
        upload = Upload.objects.get(path_label="b.bin")
        Upload.objects.filter(pk=upload.pk).update(offset=4_400_000)

    in_thread(cut_one)
    page.reload()
    expect(page.get_by_role("heading", name="Go on with this upload")).to_be_visible()
    before = len(sent)
    page.get_by_label("Files", exact=True).set_input_files(paths)
    with page.expect_navigation():
        page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("waiting to be read").first).to_be_visible()
    assert len(sent) - before == 1  # the last bytes, and nothing of what was here

    def arrived():
        from ingestion.uploading import uploaded_files

        return {name: path.read_bytes() for path, name in uploaded_files(Batch.objects.get()).items()}

    assert in_thread(arrived) == content
    page.problems.clear()
