import pytest

from tasks.projects import count_progress
from tests.factories import make_project, make_task, make_workflow, settle_task

pytestmark = pytest.mark.django_db


def test_the_home_page_shows_a_waiting_line_before_anything_is_read(client):
    task = make_task(make_workflow(make_project(title="Cards of Turku")))
    count_progress(task.project_id)

    page = client.get("/").content.decode()

    assert "Nobody has read this line yet" in page
    assert "Cards of Turku" in page
    assert f'action="/play/{task.project.slug}/"' in page


def test_the_home_page_shows_what_was_read_just_now(client):
    workflow = make_workflow()
    settle_task(workflow, "Åbo Tidningar", "Åbo Tidningar")
    make_task(workflow)
    count_progress(workflow.project_id)

    page = client.get("/").content.decode()

    assert "The marked line says" in page
    assert page.count("Åbo Tidningar") == 2


def test_drafts_are_shown_to_nobody(client):
    settle_task(make_workflow(make_project(title="Secret cards", state="draft")), "Viborg", "Viborg")

    page = client.get("/").content.decode()

    assert ("Secret cards" in page, "Viborg" in page) == (False, False)


@pytest.mark.parametrize("path", ["/", "/projects/one/"])
def test_pages_ask_the_same_number_of_questions_whatever_their_size(client, django_assert_max_num_queries, path):
    for slug in ("one", "two", "three"):
        workflow = make_workflow(make_project(slug=slug))
        for _ in range(3):
            settle_task(workflow)
        count_progress(workflow.project_id)

    with django_assert_max_num_queries(8):
        assert client.get(path).status_code == 200
