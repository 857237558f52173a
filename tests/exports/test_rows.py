"""The page of one row."""

import pytest

from exports.looking_up import index_path
from exports.models import Release
from exports.releasing import release
from tasks.enums import BatchState
from tasks.models import Batch, Page
from tests.factories import make_organisation, make_project, make_workflow, settle_task

from .conftest import LATER
from .reading import table
from .test_comparing import amend

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Release:
    project = make_project(slug="letters", title="Letters", language="sv", organisation=make_organisation(name="A"))
    settle_task(make_workflow(project), "Åbo <1871>", "Åbo <1871>", suggestion="Abo")
    return release(project, now=LATER)


def path_of(made: Release, number: int = 0) -> str:
    return table(made)[number]["row_url"]


def test_the_link_of_a_row_leads_to_its_page_region_and_answers(client, made):
    page = client.get(path_of(made))

    [row] = table(made)
    text = " ".join(page.text.split())
    assert page.status_code == 200
    assert "Åbo &lt;1871&gt;" in text
    assert [page.context["scan"]["region"], page.context["scan"]["width"]] == [
        [int(row[name]) for name in ("x", "y", "width", "height")],
        int(row["page_width"]),
    ]
    assert [reading["volunteer"] for reading in page.context["readings"]] == [
        answer["volunteer"] for answer in table(made, "answers.csv")
    ]
    assert "Decided by the rule, from the answers alone." in text
    assert not page.cookies


def test_a_row_tells_what_each_version_says(client, made):
    task = made.project.task_set.get()
    amend(task, "Åbo 1871")
    release(made.project, now=LATER)
    settle_task(task.workflow)
    release(made.project, now=LATER)

    page = client.get(path_of(made))

    assert [(one.release.number, words, one.anew) for one, words in page.context["said"]] == [
        (3, "Åbo 1871", False),
        (2, "Åbo 1871", True),
        (1, "Åbo <1871>", True),
    ]
    assert "Decided by a reviewer of the organisation." in page.text


def test_a_check_of_the_machines_reading_is_told_in_words(client):
    workflow = make_workflow(make_project(slug="checks"), kind="verify")
    settle_task(workflow, {"matches": False}, {"matches": False}, suggestion="Abo")
    made = release(workflow.project, now=LATER)

    page = client.get(path_of(made))

    assert page.context["row"]["text"] == "The machine read it wrong."
    assert {reading["value"] for reading in page.context["readings"]} == {"The machine read it wrong."}
    assert "Abo</span>" in page.text


def test_a_row_that_later_versions_have_lost_keeps_its_page(client, made):
    settle_task(made.project.workflows.get())
    made.project.task_set.order_by("pk").first().delete()
    release(made.project, now=LATER)

    page = client.get(path_of(made))

    assert [(one.release.number, bool(one.cells)) for one, _words in page.context["said"]] == [(2, False), (1, True)]
    assert "not in this version" in page.text


@pytest.mark.parametrize("hide", ["page", "batch"])
def test_a_withheld_page_is_gone_from_rows_and_preview_at_once(client, made, hide):
    path = path_of(made)
    assert "Åbo" in client.get("/data/letters/").text
    if hide == "page":
        Page.objects.update(withheld_at=LATER)
    else:
        Batch.objects.update(state=BatchState.WITHDRAWN)

    reply = client.get(path)

    assert reply.status_code == 410
    assert "Åbo" not in reply.text
    assert "Åbo" not in client.get("/data/letters/").text


def test_a_withheld_page_is_gone_from_what_changed(client, made):
    amend(made.project.task_set.get(), "Turku")
    release(made.project, now=LATER)
    before = client.get("/data/letters/").context["changes"]["examples"]

    Page.objects.update(withheld_at=LATER)

    assert [example["after"]["value"] for example in before] == ["Turku"]
    assert client.get("/data/letters/").context["changes"]["examples"] == []


def test_a_row_whose_scan_is_no_longer_here_says_so(client, made):
    path = path_of(made)
    Page.objects.all().delete()

    page = client.get(path)

    assert page.status_code == 200
    assert "The picture of this page is no longer here." in page.text


def test_a_row_that_nobody_released_is_not_found(client, made):
    assert client.get("/data/letters/rows/nothing/").status_code == 404
    assert client.get("/data/nothing/rows/nothing/").status_code == 404


def test_a_release_whose_files_are_lost_has_no_rows_to_show(client, made):
    path = path_of(made)
    index_path(made.content).unlink()
    (made.folder / "data.jsonl").unlink()

    assert client.get(path).status_code == 404


def test_a_row_costs_the_same_in_a_long_dataset(client, made, django_assert_num_queries):
    with django_assert_num_queries(4):
        client.get(path_of(made))
    for _ in range(3):
        settle_task(made.project.workflows.get())
    release(made.project, now=LATER)
    with django_assert_num_queries(4):
        client.get(path_of(made))
