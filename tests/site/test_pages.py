import html
import re
from itertools import batched

import pytest

from accounts.enums import Role
from accounts.models import Membership
from tasks.showing.projects import count_progress
from tests.factories import make_organisation, make_project, make_task, make_volunteer, make_workflow, settle_task

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


@pytest.mark.parametrize("path", ["/", "/projects/", "/projects/one/"])
def test_pages_ask_the_same_number_of_questions_whatever_their_size(client, django_assert_max_num_queries, path):
    for slug in ("one", "two", "three"):
        workflow = make_workflow(make_project(slug=slug))
        for _ in range(3):
            settle_task(workflow)
        count_progress(workflow.project_id)

    with django_assert_max_num_queries(8):
        assert client.get(path).status_code == 200


def titles(page):
    return re.findall(r'<h\d class="name"><a [^>]*>([^<]+)</a>', page.content.decode())


def test_the_home_page_shows_the_projects_that_need_readers_most_and_links_to_the_others(client):
    for number in range(12):
        workflow = make_workflow(make_project(title=f"Drawer {number}", state="closed" if number == 11 else "open"))
        for _task in range(number):
            make_task(workflow)
        count_progress(workflow.project_id)

    page = client.get("/")

    assert titles(page) == [f"Drawer {number}" for number in range(10, 1, -1)]
    assert '<a class="btn" href="/projects/">All projects</a>' in page.text


def headings(page):
    """Return the projects of a page by the heading they stand under."""
    parts = re.split(r"<h2[^>]*>([^<]+)</h2>", page.text)[1:]
    found = {head: re.findall(r'<h3 class="name"><a [^>]*>([^<]+)</a>', rest) for head, rest in batched(parts, 2)}
    return {head: names for head, names in found.items() if names}


def test_only_what_waits_for_a_reader_is_called_so(client):
    read, shut = make_workflow(make_project(title="Read")), make_workflow(make_project(title="Shut", state="closed"))
    settle_task(read)
    make_task(shut)
    make_project(title="New")
    for workflow in (read, shut):
        count_progress(workflow.project_id)
    assert headings(client.get("/")) == {"Projects": ["Read", "Shut", "New"]}

    task = make_task(make_workflow(make_project(title="Waiting")))
    count_progress(task.project_id)
    waiting = {"Pages waiting for a reader": ["Waiting"]}
    assert headings(client.get("/")) == waiting | {"Other projects": ["Read", "Shut", "New"]}


def test_all_projects_are_listed_some_at_a_time(client):
    for number in range(30):
        make_project(title=f"Drawer {number}", state="draft" if number == 3 else "open")

    page = client.get("/projects/")
    [more] = re.findall(r'rel="next" href="([^"]+)"', page.text)
    seen = titles(page) + titles(client.get(html.unescape(more)))

    assert seen == [f"Drawer {number}" for number in range(30) if number != 3]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("drawer", ["A drawer of Turku", "Another drawer"]),
        ("turku DRAWER", ["A drawer of Turku"]),
        ("of ships", ["Register"]),
        ("%", []),
        ("\0", ["Register", "A drawer of Turku", "Another drawer"]),
    ],
)
def test_projects_are_found_by_words_of_their_title_and_summary(client, words, found):
    make_project(title="Register", summary="Of ships and their masters")
    make_project(title="A drawer of Turku")
    make_project(title="Another drawer")

    assert titles(client.get("/projects/", {"q": words})) == found


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "9" * 5000, "²"])
def test_a_damaged_link_to_more_projects_shows_what_it_can(client, after):
    assert client.get("/projects/", {"after": after}).status_code == 200


@pytest.mark.parametrize(("belongs", "shown"), [(True, 1), (False, 0)])
def test_members_are_led_to_their_desk_and_nobody_else(client, belongs, shown):
    person = make_volunteer(password="md5$a$b")
    if belongs:
        Membership.objects.create(organisation=make_organisation(), volunteer=person, role=Role.REVIEWER)
    client.force_login(person)

    assert client.get("/").text.count('<a href="/desk/">Desk</a>') == shown
