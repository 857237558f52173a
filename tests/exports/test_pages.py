import pytest

from exports.models import Release
from exports.releasing import release
from tests.factories import (
    make_organisation,
    make_project,
    make_task,
    make_volunteer,
    make_workflow,
    post_answer,
    settle_task,
)

from .conftest import LATER

pytestmark = pytest.mark.django_db


def make_release(**fields) -> Release:
    workflow = make_workflow(make_project(organisation=make_organisation(name="Archive"), **fields))
    settle_task(workflow, "Åbo <1871>", "Åbo <1871>")
    return release(workflow.project, now=LATER)


def test_the_catalogue_shows_each_dataset_the_newest_first(client):
    make_release(title="Letters")
    make_release(title="Songs")

    page = client.get("/data/")

    assert [dataset["title"] for dataset in page.context["datasets"]] == ["Songs", "Letters"]
    assert "1 row" in page.text
    assert not page.cookies


def test_an_empty_catalogue_says_so(client):
    assert "No dataset yet" in client.get("/data/").text


def test_the_catalogue_costs_the_same_for_one_and_for_three(client, django_assert_num_queries):
    make_release()
    with django_assert_num_queries(2):
        client.get("/data/")
    make_release()
    make_release()
    with django_assert_num_queries(2):
        assert len(client.get("/data/").context["datasets"]) == 3


def test_a_dataset_page_shows_values_files_quality_and_citation(client):
    made = make_release(slug="letters", title="Letters", language="sv")

    page = client.get("/data/letters/")

    text = " ".join(page.text.split())
    assert "Åbo &lt;1871&gt;</td>" in text
    assert 'lang="sv"' in text
    for file in made.snapshot["files"]:
        assert f'href="/api/v1/datasets/letters/releases/1/files/{file["name"]}"' in text
        assert file["sha256"] in text
    assert "Archive (2026). Letters. Release 1. Civic Tasks. http://testserver/data/letters/1/" in text
    assert "2 people gave answers." in text
    assert page.context["quality"]["sentence"].startswith(
        "Of 1,000 values that readers agreed on, the method expects 12 to be wrong, with 95 % certainty between"
    )


def test_simulated_answers_are_never_passed_off_as_peoples(client):
    task = make_task()
    for simulated in (True, False):
        post_answer(task, "Oulu", make_volunteer(simulated=simulated))
    made = release(task.project, now=LATER)

    page = client.get(f"/data/{made.project.slug}/")

    assert "1 person gave answers. 1 simulated volunteer did too." in page.text
    assert page.context["release"]["people"] == 1


def test_a_release_without_people_says_that_all_of_its_readers_are_simulated(client):
    task = make_task()
    for _ in range(2):
        post_answer(task, "Oulu", make_volunteer(simulated=True))
    made = release(task.project, now=LATER)

    page = client.get(f"/data/{made.project.slug}/")

    assert "All answers are those of 2 simulated volunteers, none of a person." in page.text
    assert "by 2 simulated volunteers" in page.text


def test_an_older_version_keeps_its_page(client):
    first = make_release(slug="letters")
    settle_task(first.project.workflows.get())
    release(first.project, now=LATER)

    newest, older = client.get("/data/letters/"), client.get("/data/letters/1/")

    assert [page.context["release"]["number"] for page in (newest, older)] == [2, 1]
    assert [version["url"] for version in older.context["versions"]] == ["/data/letters/2/", "/data/letters/1/"]
    assert [page.context["release"]["rows"] for page in (newest, older)] == [2, 1]


def test_the_first_rows_show_suggestions_where_there_are_some(client):
    workflow = make_workflow(make_project(language="sv"))
    settle_task(workflow, {"blank": True}, {"blank": True})
    settle_task(workflow, "Åbo", "Åbo", suggestion="Abo")
    made = release(workflow.project, now=LATER)

    page = client.get(f"/data/{made.project.slug}/")

    [row] = page.context["preview"]
    assert page.context["columns"] == ["value", "suggestion", "confidence", "item", "page"]
    assert [cell["text"] for cell in row["cells"]][:2] == ["Åbo", "Abo"]
    assert [cell["lang"] for cell in row["cells"]] == ["sv", "sv", "", "", ""]


def test_a_release_from_before_trust_and_changes_were_counted_keeps_its_page(client):
    made = make_release(slug="letters", title="Letters")
    added = ("trust", "changes", "waiting", "summary", "rights", "language")
    old = {name: fact for name, fact in made.snapshot.items() if name not in added}
    old["preview"] = [{name: cell for name, cell in row.items() if name != "id"} for row in old["preview"]]
    Release.objects.update(snapshot=old)

    page = client.get("/data/letters/")

    assert "expects 98.8 % of the agreed values to be right" in page.text
    assert (page.context["changes"], page.context["quality"]["interval"]) == (None, None)
    assert client.get("/data/catalog.jsonld").json()["dcat:dataset"][0]["dct:title"] == "Letters"
    assert client.get("/api/v1/datasets/letters/releases/1").status_code == 200
