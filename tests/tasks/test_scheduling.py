from datetime import timedelta

import pytest
from django.db import connection

from tasks.enums import ProjectState, TaskState, Urgency
from tasks.errors import ProjectNotOpen, UnknownWorkflow
from tasks.gold.checking import LOOK as LOOK_AT_WHAT_IS_KNOWN
from tasks.leasing.leases import free_expired_seats, give_back
from tasks.leasing.walking import LOOK, NEIGHBOURS
from tasks.models import Lease, Task
from tasks.playing.scheduling import lease_tasks
from tasks.showing.opaque import reveal
from tests.factories import (
    NOON,
    make_page,
    make_project,
    make_task,
    make_volunteer,
    make_workflow,
    post_answer,
)

pytestmark = pytest.mark.django_db


def lease(volunteer, source, count=1, **options):
    options = {"newcomer": False, "now": NOON} | options
    grant = lease_tasks(volunteer.pk, source.project.slug, count, **options)
    return [reveal(granted.task["id"], "task") for granted in grant.leases]


def make_tasks(count, workflow=None, **fields):
    workflow = workflow or make_workflow()
    return workflow, [make_task(workflow, **fields) for _ in range(count)]


def test_a_task_is_leased_with_its_picture_in_its_place_on_the_page():
    workflow = make_workflow(prompt="Which year?")
    task = make_task(workflow, x=1, y=2, width=30, height=4, crop_width=32, crop_height=6)

    [granted] = lease_tasks(make_volunteer().pk, workflow.project.slug, 1, newcomer=True).leases

    assert granted.task["prompt"] == "Which year?"
    assert {k: granted.task["image"][k] for k in ("width", "height")} == {"width": 32, "height": 6}
    assert granted.task["page"]["region"] == [1, 2, 30, 4]
    assert Task.objects.values_list("leased", flat=True).get(pk=task.pk) == 1


def test_nobody_gets_the_same_subject_twice():
    workflow, tasks = make_tasks(3)
    volunteer = make_volunteer()

    got = [lease(volunteer, workflow) for _ in range(4)]

    assert sorted(task for some in got for task in some) == [task.pk for task in tasks]
    assert got[3] == []


def test_an_answered_task_does_not_come_back_to_the_same_person():
    workflow, [task] = make_tasks(1)
    volunteer = make_volunteer()
    post_answer(task, "Oulu", volunteer)

    assert lease(volunteer, workflow) == []
    assert lease(make_volunteer(), workflow) == [task.pk]


def test_a_seat_more_than_wanted_is_never_given():
    workflow, [task] = make_tasks(1)

    got = [lease(make_volunteer(), workflow) for _ in range(3)]

    assert got == [[task.pk], [task.pk], []]


def test_ten_neighbours_of_a_page_come_in_reading_order_before_another_page():
    workflow = make_workflow()
    first, second = (make_page(workflow.project) for _ in range(2))
    for page in (first, second):
        make_tasks(12, workflow, page=page)
    volunteer = make_volunteer()

    got = Task.objects.in_bulk(lease(volunteer, workflow, NEIGHBOURS))

    tasks = sorted(got.values(), key=lambda task: task.position)
    assert len({task.page_id for task in tasks}) == 1
    assert [task.position for task in tasks] == list(range(tasks[0].position, tasks[0].position + NEIGHBOURS))


def test_what_one_answer_would_settle_comes_first_then_what_is_doubtful_started_and_fresh():
    workflow = make_workflow()
    tasks = [make_task(workflow, urgency=urgency) for urgency in Urgency]

    assert lease(make_volunteer(), workflow, 4) == [task.pk for task in reversed(tasks)]


def test_a_doubt_says_whether_one_more_answer_would_settle_it():
    task = make_task(make_workflow(policy={"minimum": 2, "maximum": 6}))
    told = []
    for text in ("Oulu", "Kemi", "Pori", "Oulu"):
        post_answer(task, text)
        task.refresh_from_db()
        told.append((task.get_urgency_display(), task.wanted))

    assert told == [("started", 2), ("nearly settled", 3), ("doubtful", 4), ("nearly settled", 5)]


def test_somebody_who_answered_a_whole_stretch_still_finds_what_is_left():
    workflow, tasks = make_tasks(150, make_workflow(policy={"minimum": 3, "maximum": 3}))
    volunteer = make_volunteer()
    for task in tasks[:149]:
        post_answer(task, "Oulu", volunteer)

    assert lease(volunteer, workflow) == [tasks[149].pk]


def test_a_newcomer_holds_three_leases_and_others_forty():
    workflow, _tasks = make_tasks(50)

    assert len(lease(make_volunteer(), workflow, 20, newcomer=True)) == 3
    old_hand = make_volunteer()
    assert [len(lease(old_hand, workflow, 20)) for _ in range(3)] == [20, 20, 20]
    assert Lease.objects.live().filter(volunteer=old_hand).count() == 40


def test_a_newcomer_holds_a_seat_for_a_shorter_time():
    workflow, _tasks = make_tasks(2)

    lease(make_volunteer(), workflow, newcomer=True)
    lease(make_volunteer(), workflow)

    held = [lease.expires_at - lease.created_at for lease in Lease.objects.order_by("pk")]
    assert held == [timedelta(minutes=5), timedelta(minutes=20)]


def test_a_reloaded_page_gives_its_oldest_seats_back():
    workflow, _tasks = make_tasks(6)
    volunteer = make_volunteer()

    lease(volunteer, workflow, 3, newcomer=True)
    lease(volunteer, workflow, 3, newcomer=True)

    assert Lease.objects.live().filter(volunteer=volunteer).count() == 3
    assert sum(Task.objects.values_list("leased", flat=True)) == 3


def test_a_skipped_task_goes_to_others_only():
    workflow, [task] = make_tasks(1)
    volunteer = make_volunteer()
    [granted] = lease_tasks(volunteer.pk, workflow.project.slug, 1, newcomer=True, now=NOON).leases

    assert give_back(volunteer.pk, [granted.token]) == 1
    assert lease(volunteer, workflow) == []
    assert lease(make_volunteer(), workflow) == [task.pk]


def test_nobody_gives_the_seats_of_others_back():
    workflow, _tasks = make_tasks(1)
    [granted] = lease_tasks(make_volunteer().pk, workflow.project.slug, 1, newcomer=True, now=NOON).leases

    assert give_back(make_volunteer().pk, [granted.token]) == 0


def test_expired_seats_are_taken_back_for_others():
    workflow, [task] = make_tasks(1)
    for _ in range(2):
        lease(make_volunteer(), workflow)
    later = NOON + timedelta(hours=1)

    assert lease(make_volunteer(), workflow, now=later) == [task.pk]
    assert free_expired_seats(later) == 0
    assert Lease.objects.live().count() == 1


def test_an_empty_search_is_believed_for_a_minute():
    workflow, [task] = make_tasks(1)
    volunteer = make_volunteer()
    post_answer(task, "Oulu", volunteer)
    lease(volunteer, workflow)
    other = make_task(workflow)

    assert lease(volunteer, workflow, now=NOON + timedelta(seconds=59)) == []
    assert lease(volunteer, workflow, now=NOON + timedelta(seconds=61)) == [other.pk]


def test_two_questions_about_one_line_never_go_to_the_same_person():
    project = make_project()
    transcribe, verify = make_workflow(project), make_workflow(project, kind="verify")
    first = make_task(transcribe)
    make_task(verify, page=first.page, subject=first.subject, suggestion="Oulu")
    volunteer = make_volunteer()

    assert lease(volunteer, transcribe, 2) == [first.pk]


def test_a_chosen_workflow_is_the_only_one_served():
    project = make_project()
    first, second = make_workflow(project), make_workflow(project)
    make_task(first)
    wanted = make_task(second)

    assert lease(make_volunteer(), first, 5, workflow=second.pk) == [wanted.pk]


def test_a_closed_project_and_an_unknown_question_say_so():
    closed = make_workflow(make_project(state=ProjectState.CLOSED))
    workflow = make_workflow()

    with pytest.raises(ProjectNotOpen):
        lease(make_volunteer(), closed)
    with pytest.raises(UnknownWorkflow):
        lease(make_volunteer(), workflow, workflow=closed.pk)


def test_settled_tasks_are_not_served():
    workflow, [task] = make_tasks(1)
    Task.objects.filter(pk=task.pk).update(state=TaskState.WITHDRAWN, settled_at=NOON)

    assert lease(make_volunteer(), workflow) == []


SQLITE = pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's query plans")
LOOKS = [*(sql for (vendor, _window), sql in LOOK.items() if vendor == "sqlite"), LOOK_AT_WHAT_IS_KNOWN["sqlite"]]


@SQLITE
@pytest.mark.parametrize("look", LOOKS)
def test_a_look_ahead_reads_along_indexes_whoever_looks(look):
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + look, [1] * look.count("%s"))
        steps = {row[3].partition(" (")[0] for row in cursor.fetchall()}

    assert {
        "SEARCH tasks_answer USING INDEX answer_never_twice",
        "SEARCH tasks_lease USING INDEX lease_skipped",
    } <= steps
    assert not any(step.startswith("SCAN tasks_") for step in steps)
