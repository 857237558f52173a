"""Batches at the desk: the pages as the site sends them."""

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Act
from ingestion.jobs import read_batch
from ingestion.models import File
from tasks.enums import BatchState
from tasks.models import Batch, Page, Project
from tests.factories import make_page

from .drawing import THREE_LINES, alto, document, page_bytes

pytestmark = pytest.mark.django_db


def upload(desk: Client, project: Project, **files: bytes) -> Any:
    """Send the form as a browser without scripts does; ``a_jpg`` is a.jpg."""
    given = [SimpleUploadedFile(name.replace("_", "."), content) for name, content in files.items()]
    return desk.post(f"/desk/{project.slug}/batches/", {"name": "Box 1", "files": given})


def read_box(desk: Client, project: Project) -> str:
    """Bring a batch of which one file is refused; return the address of its page."""
    address = upload(
        desk, project, a_jpg=page_bytes(), a_xml=alto(THREE_LINES), b_pdf=document(2), c_jpg=page_bytes(1)[:-900]
    )["Location"]
    read_batch(Batch.objects.get().pk)
    return address


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_a_batch_that_was_withdrawn_unread_is_read_once_it_is_restored(desk: Client, project: Project):
    address = upload(desk, project, a_jpg=page_bytes())["Location"]
    for act in ("withdraw", "restore"):
        desk.post(f"{address}{act}/")
    read_batch(Batch.objects.get().pk)

    assert (Batch.objects.get().state, Page.objects.count()) == (BatchState.DONE, 1)


def test_without_a_script_the_plain_form_brings_a_batch(desk: Client, project: Project):
    reply = upload(desk, project, a_jpg=page_bytes())
    batch = Batch.objects.get()

    assert (reply.status_code, reply["Location"]) == (302, f"/desk/{project.slug}/batches/{batch.pk}/")
    assert (batch.name, batch.state) == ("Box 1", BatchState.UPLOADED)
    assert [(act.what, act.details["batch"]) for act in Act.objects.all()] == [("batch.brought", batch.pk)]
    assert "Box 1" in words(desk.get(f"/desk/{project.slug}/batches/"))


def test_a_form_without_files_says_so(desk: Client, project: Project):
    reply = upload(desk, project)

    assert (reply.status_code, "Choose files first." in words(reply)) == (422, True)


def test_more_files_than_a_form_may_bring_are_told_of_the_zip(desk: Client, project: Project, settings: Any):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 1
    desk.get(f"/desk/{project.slug}/batches/")
    desk.handler.enforce_csrf_checks = True  # that check reads the form before any view does
    reply = upload(desk, project, a_jpg=b"a", b_jpg=b"b")

    assert (reply.status_code, "Pack them into a ZIP" in words(reply)) == (413, True)


def test_the_report_lists_every_file_once_with_reason_and_next_step(desk: Client, project: Project):
    address = read_box(desk, project)
    page = words(desk.get(address))
    rows = list(csv.DictReader(io.StringIO(b"".join(desk.get(f"{address}report.csv")).decode("utf-8-sig"))))

    assert [(row["File"], row["State"], row["Pages"]) for row in rows] == [
        ("a.jpg", "taken in", ""), ("a.xml", "used", ""), ("b.pdf", "taken in", "2"), ("c.jpg", "refused", ""),
    ]  # fmt: skip
    assert [page.count(f" {row['File']} ") >= 1 for row in rows] == [True] * 4
    assert rows[3]["Reason"] in page
    assert rows[3]["Next step"] in page


def test_the_files_that_want_someone_can_be_seen_alone(desk: Client, project: Project):
    page = words(desk.get(f"{read_box(desk, project)}?show=wanting"))

    assert ("c.jpg" in page, "b.pdf" in page) == (True, False)


def test_a_file_whose_name_is_a_formula_is_no_formula_in_the_spreadsheet(desk: Client, project: Project):
    batch = Batch.objects.create(project=project, name="a")
    File.objects.create(batch=batch, path_label="=1+1.jpg")

    assert b"'=1+1.jpg" in b"".join(desk.get(f"/desk/{project.slug}/batches/{batch.pk}/report.csv"))


def test_the_pages_show_what_was_cut(desk: Client, project: Project):
    address = read_box(desk, project)
    page = desk.get(f"{address}pages/").content.decode()

    assert (page.count("<image "), page.count('<rect class="cut"')) == (3, 9)
    assert page.count(", page 2") >= 1
    first = Page.objects.order_by("pk").first()
    one = desk.get(f"{address}pages/{first.pk}/")
    assert [text in words(one) for text in ("Helsinki 1891", "nothing suggested", "3 lines")] == [True] * 3


def test_acts_are_done_by_plain_forms(desk: Client, project: Project):
    address = read_box(desk, project)
    first = Page.objects.order_by("pk").first()
    for path in (f"pages/{first.pk}/withhold/", f"pages/{first.pk}/show/", "withdraw/", "restore/", "again/"):
        assert desk.post(address + path).status_code == 302

    assert [act.what for act in Act.objects.order_by("number")][1:] == [
        "page.withheld", "page.shown", "batch.withdrawn", "batch.restored", "batch.read_again",
    ]  # fmt: skip
    assert desk.post(f"{address}explode/").status_code == 404


def test_an_act_that_is_too_late_is_told_on_the_page(desk: Client, project: Project):
    address = read_box(desk, project)
    reply = desk.post(f"{address}resume/", follow=True)

    assert "The batch is done now" in words(reply)


def test_a_page_of_another_batch_is_not_there(desk: Client, project: Project):
    address = read_box(desk, project)
    other = make_page(project)

    assert desk.get(f"{address}pages/{other.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["", "{batch}/", "{batch}/pages/"])
def test_pages_ask_as_many_questions_whatever_their_size(
    path: str, desk: Client, project: Project, django_assert_max_num_queries
):
    for number in range(4):
        batch = Batch.objects.create(project=project, name=str(number), source="uploads/a", state=BatchState.DONE)
        File.objects.bulk_create(File(batch=batch, path_label=str(n), state="refused") for n in range(30))
        for _page in range(4):
            page = make_page(project)
            page.item.batch = batch
            page.item.save()

    with django_assert_max_num_queries(17):
        assert desk.get(f"/desk/{project.slug}/batches/{path.format(batch=batch.pk)}").status_code == 200


def test_long_lists_go_on_on_further_pages(desk: Client, project: Project):
    batch = Batch.objects.create(project=project, name="a", source="uploads/a", state=BatchState.DONE)
    File.objects.bulk_create(File(batch=batch, path_label=f"{number:03}.jpg") for number in range(130))
    address, seen = f"/desk/{project.slug}/batches/{batch.pk}/", []
    further: str | None = ""
    while further is not None:
        page = desk.get(address + further).content.decode()
        seen += re.findall(r"(\d{3}\.jpg)</span>", page)
        found = re.search(r'href="(\?after=\d+)"', page)
        further = found and found[1]

    assert seen == [f"{number:03}.jpg" for number in range(130)]
