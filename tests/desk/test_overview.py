"""The list of projects and the page of one: how it stands, and what to do next."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from exports.models import Release
from ingestion.models import File
from tasks.models import Batch, Flag, Progress, Project
from tasks.showing.outlook import Day, pace_of, page_map, readers_now, settled_by_day, zone_of
from tasks.showing.projects import count_progress
from tests.factories import make_lease, make_page, make_project, make_task, make_workflow, post_answer, settle_task

pytestmark = pytest.mark.django_db
STRICT = {"minimum": 2, "maximum": 2, "confidence": 0.99}
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def disputed_task(project):
    return settle_task(make_workflow(project, policy=STRICT), "Viborg", "Wiborg")


def make_release(project, **fields):
    kept = {"number": 1, "digest": "0" * 64, "content": "0" * 64, "snapshot": {"rows": 1, "licence": "CC0-1.0"}}
    return Release.objects.create(project=project, **kept | fields)


def words(page):
    return " ".join(page.content.decode().split())


def test_the_desk_lists_the_projects_of_ones_own_organisations_alone(client, archivist, archive):
    own = make_project(organisation=archive, title="Own cards", state="draft")
    make_project(title="Foreign cards")
    disputed_task(own)
    count_progress(own.pk)

    page = words(client.get("/desk/"))

    assert ("Own cards" in page, "Foreign cards" in page) == (True, False)
    assert "1 dispute waits for you" in page
    assert "1 of 1 lines read" in page


def test_an_empty_desk_says_how_to_begin(client, archivist, hire):
    assert "Create a project" in words(client.get("/desk/"))

    client.force_login(hire("reviewer"))
    assert "Create a project" not in words(client.get("/desk/"))


@pytest.mark.parametrize("address", ["/desk/", "/desk/one/"])
def test_the_desk_asks_the_same_number_of_questions_whatever_its_size(
    client, archivist, archive, django_assert_num_queries, address
):
    def ask():
        with django_assert_num_queries(number):
            assert client.get(address).status_code == 200

    number = {"/desk/": 8, "/desk/one/": 15}[address]
    for slug in ("one", "two", "three"):
        project = make_project(organisation=archive, slug=slug)
        for _ in range(3):
            disputed_task(project)
            Flag.objects.create(project=project, page=make_page(project), volunteer=archivist, reason="torn")
        for name in ("first", "second"):
            batch = Batch.objects.create(project=project, name=name)
            File.objects.create(batch=batch, path_label="a.jpg", state="refused")
        count_progress(project.pk)
        ask()


def test_a_draft_is_led_step_by_step_into_the_world(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards", state="draft", rights="")
    asked = []

    def look():
        step = client.get("/desk/cards/").context["step"]
        asked.append((step.label, step.post))

    look()
    workflow = make_workflow(project)
    look()
    make_task(workflow)
    look()
    Project.objects.update(rights="Public domain")
    look()

    assert asked == [
        ("Ask a question", False),
        ("Bring the scans", False),
        ("State licence and rights", False),
        ("Publish", True),
    ]


def test_disputes_come_before_everything_else(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards")
    disputed_task(project)

    page = client.get("/desk/cards/")

    assert page.context["step"].label == "Settle 1 dispute"
    assert page.content.decode().count('class="btn go"') == 1


@pytest.mark.parametrize(
    ("state", "progress", "label"),
    [
        ("open", {"tasks": 2, "settled": 1}, None),
        ("open", {"tasks": 2, "settled": 2}, "Release the data"),
        ("closed", {"tasks": 2, "settled": 1}, "Open it again"),
    ],
)
def test_a_project_says_what_to_do_next(client, archivist, archive, state, progress, label):
    project = make_project(organisation=archive, slug="cards", state=state)
    make_task(make_workflow(project))
    Progress.objects.create(project=project, **progress)

    step = client.get("/desk/cards/").context["step"]

    assert (step and step.label) == label


def test_a_finished_project_asks_for_a_release_only_while_something_is_not_released(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards")
    workflow = make_workflow(project)
    asked = []

    def look():
        count_progress(project.pk)
        asked.append(client.get("/desk/cards/").context["step"])

    settle_task(workflow, now=NOW)
    make_release(project, released_at=NOW + timedelta(minutes=5))
    look()
    settle_task(workflow, now=NOW + timedelta(minutes=9))
    look()

    assert [step and step.label for step in asked] == [None, "Release the data"]


def test_a_reviewer_is_offered_disputes_and_nothing_they_may_not_do(client, hire, archive):
    project = make_project(organisation=archive, slug="cards", state="draft", rights="")
    client.force_login(hire("reviewer"))

    page = client.get("/desk/cards/")

    tabs = [tab["title"] for tab in page.context["tabs"]] if "tabs" in page.context else []
    assert (page.context["step"], page.context["steps"]) == (None, [])
    assert "/desk/cards/settings/" not in page.content.decode()
    assert "Questions" not in tabs
    assert project.state == "draft"


def test_refused_files_are_told_with_the_way_to_them(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards")
    batch = Batch.objects.create(project=project, name="Box 4", state="done")
    File.objects.create(batch=batch, path_label="torn.tif", state="refused")

    page = words(client.get("/desk/cards/"))
    assert "1 file was refused; the others are safe." in page
    assert "Nothing needs you" not in page


def test_lines_are_counted_by_the_days_of_the_projects_own_place(archive):
    project = make_project(time_zone="Europe/Helsinki")
    workflow = make_workflow(project)
    for hour in (21, 22, 23):  # 23:00, midnight and 01:00 in Helsinki
        settle_task(workflow, now=datetime(2026, 3, 1, hour, tzinfo=UTC))

    days = settled_by_day(project, date(2026, 3, 2), zone_of(project))

    assert days[-2:] == [Day(date(2026, 3, 1), 1), Day(date(2026, 3, 2), 2)]
    assert len(days) == 14
    assert sum(day.lines for day in days) == 3


@pytest.mark.parametrize(
    ("ages", "tasks", "per_day", "done"),
    [
        ([], 100, 0, None),
        ([0, 0], 100, 2, date(2026, 4, 20)),  # begun today: 98 lines at 2 a day
        ([1, 1, 1, 0], 10, 2, date(2026, 3, 5)),
        ([13] * 14, 100, 0, None),  # nothing for a week
        ([0], 1, 1, None),  # done
        ([6], 10**6, 1 / 7, None),  # farther than a forecast reaches
    ],
)
def test_the_forecast_takes_the_pace_of_the_last_week(archive, ages, tasks, per_day, done):
    project = make_project()
    workflow = make_workflow(project)
    for age in ages:
        settle_task(workflow, now=NOW - timedelta(age))

    pace = pace_of(project, Progress(tasks=tasks, settled=len(ages)), NOW)

    assert (round(pace.per_day, 3), pace.done) == (round(per_day, 3), done)


def test_whoever_holds_a_line_is_reading_now():
    project = make_project()
    workflow = make_workflow(project)
    now = timezone.now()
    make_lease(make_task(workflow), now=now)
    make_lease(make_task(workflow), now=now - timedelta(hours=1))
    make_lease(make_task(), now=now)

    assert readers_now(project, now) == 1


def test_the_map_shows_the_state_of_each_page():
    project = make_project()
    workflow, strict = make_workflow(project), make_workflow(project, policy=STRICT)
    pages = {name: make_page(project) for name in ("agreed", "waiting", "reading", "disputed", "unreadable", "gone")}
    settle_task(workflow, page=pages["agreed"])
    make_task(workflow, page=pages["waiting"])
    post_answer(make_task(workflow, page=pages["reading"]), "one")
    settle_task(strict, "Viborg", "Wiborg", page=pages["disputed"])
    settle_task(workflow, *[{"unreadable": True}] * 2, page=pages["unreadable"])
    make_task(workflow, page=pages["gone"], state=5, settled_at=NOW)

    assert page_map(project) == ["agreed", "waiting", "reading", "disputed", "unreadable"]


def test_a_project_under_way_says_when_it_will_be_done_and_at_what_pace(client, archivist, archive):
    project = make_project(organisation=archive, slug="cards")
    workflow = make_workflow(project)
    for _line in range(2):
        settle_task(workflow, now=timezone.now())
    make_task(workflow)
    count_progress(project.pk)

    assert "at 2 lines a day" in words(client.get("/desk/cards/"))
