"""Independence groups: who shares a network on one day, told for as long as a task is open and never longer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks.curating.withholding import withhold
from tasks.enums import TaskState
from tasks.models import Answer, GroupSalt, Skill, Task
from tasks.playing.undoing import question_of
from tasks.settling.weighing import counted_votes
from tasks.trust import grouping
from tasks.trust.grouping import forget_old, forget_salts, forget_settled, group_of
from tasks.upkeep import forget_groups_of_settled
from tests.factories import (
    NOON,
    make_lease,
    make_page,
    make_task,
    make_token,
    make_volunteer,
    make_workflow,
    post_answer,
)

pytestmark = pytest.mark.django_db
HOME, ELSEWHERE = "203.0.113.7", "203.0.113.8"
LATER = NOON + timedelta(minutes=2)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_salt_of_other_tests(monkeypatch):
    monkeypatch.setattr(grouping, "_salts", {})


@pytest.fixture
def answer(client):
    def answer(task, address, **more):
        volunteer = make_volunteer()
        body = {
            "lease": make_lease(task, volunteer, now=timezone.now()),
            "key": str(uuid4()),
            "value": {"text": "Oulu"},
        }
        headers = {"Authorization": f"Bearer {make_token(volunteer)}"}
        given = {"answers": [body]}
        reply = client.post("/api/v1/answers", given, "application/json", headers=headers, REMOTE_ADDR=address, **more)
        assert reply.json()["results"][0]["status"] == "counted"
        return Answer.objects.get(volunteer=volunteer)

    return answer


def grouped(task, *, at=NOON, group=b"network1"):
    """An answer of a group, written as if it had come at a time."""
    answers = Answer.objects.filter(task=task, grp=None, created_at=at)
    post_answer(task, "Oulu", now=at)
    return answers.update(grp=group)


def groups_left():
    return Answer.objects.exclude(grp=None).count()


def test_two_of_one_network_are_one_group_in_one_project_on_one_day(answer):
    task = make_task(make_workflow(policy={"minimum": 5, "maximum": 5}))
    other = make_task(make_workflow(policy={"minimum": 5, "maximum": 5}))

    first, second, third = answer(task, HOME), answer(task, HOME), answer(task, ELSEWHERE)
    at_home_elsewhere = answer(other, HOME)

    assert len(first.grp) == 8
    assert first.grp == second.grp
    assert len({bytes(one.grp) for one in (first, third, at_home_elsewhere)}) == 3
    assert group_of(b"net", 1, NOON) == group_of(b"net", 1, NOON) != group_of(b"net", 1, NOON + DAY)
    assert GroupSalt.objects.count() == 3  # of today, of that noon and of the day after


@pytest.mark.parametrize("forwarded", [HOME, f"{HOME}, {ELSEWHERE}"])
def test_no_header_of_a_client_chooses_its_group(answer, forwarded):
    task = make_task(make_workflow(policy={"minimum": 5, "maximum": 5}))

    honest, spoofing = answer(task, ELSEWHERE), answer(task, ELSEWHERE, HTTP_X_FORWARDED_FOR=forwarded)

    assert spoofing.grp == honest.grp


def test_who_is_near_is_of_no_group_and_needs_no_salt(answer):
    assert answer(make_task(), "127.0.0.1").grp is None
    assert not GroupSalt.objects.exists()


def test_groups_cost_no_statement_once_the_day_has_its_salt(answer):
    workflow = make_workflow(policy={"minimum": 5, "maximum": 5})
    tasks = [make_task(workflow) for _ in range(3)]
    answer(tasks[0], HOME)

    counts = []
    for task, address in ((tasks[1], "127.0.0.1"), (tasks[2], HOME)):
        with CaptureQueriesContext(connection) as captured:
            answer(task, address)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_two_of_one_network_convince_less_and_a_ring_less_than_a_network():
    task = make_task(make_workflow(policy={"minimum": 3, "maximum": 5}))
    for group in (b"network1", b"network1", b"network2"):
        post_answer(task, "Oulu")
        Answer.objects.filter(pk=Answer.objects.latest("pk").pk).update(grp=group)
    ring = Answer.objects.latest("pk")
    Skill.objects.create(volunteer=ring.volunteer, workflow=task.workflow, ring=b"ring")

    assert [vote.group for vote in counted_votes(question_of(task))] == [b"network1", b"network1", b"ring"]


def test_groups_are_forgotten_when_the_task_has_settled_and_cannot_be_undone():
    settled, open_ = make_task(), make_task()
    for task in (settled, settled, open_):
        grouped(task)

    assert (forget_settled(NOON + timedelta(seconds=59)), groups_left()) == (0, 3)
    assert (forget_settled(LATER), groups_left()) == (2, 1)
    assert forget_settled(LATER) == 0

    grouped(open_)  # settles it, behind the mark
    assert (forget_groups_of_settled(), groups_left()) == (2, 0)


def test_a_task_that_was_opened_again_keeps_its_groups_until_it_settles():
    task = make_task()
    for _ in range(2):
        grouped(task)
    Task.objects.filter(pk=task.pk).update(state=TaskState.OPEN, settled_at=None, wanted=3)

    assert (forget_settled(LATER), groups_left()) == (0, 2)

    task.refresh_from_db()
    grouped(task)
    assert (forget_settled(LATER), groups_left()) == (3, 0)


def test_what_is_withdrawn_is_of_no_group_at_once():
    page = make_page()
    grouped(make_task(make_workflow(page.project), page=page))

    withhold(type(page).objects.all(), NOON)

    assert groups_left() == 0


def test_no_group_outlives_two_days_whatever_its_task(monkeypatch):
    monkeypatch.setattr(grouping, "OLD_AT_ONCE", 2)
    for _ in range(3):
        grouped(make_task())
    grouped(make_task(), at=NOON + DAY)

    assert (forget_old(NOON + 2 * DAY), groups_left()) == (0, 4)
    assert (forget_old(NOON + 2 * DAY + timedelta(seconds=1)), groups_left()) == (3, 1)
    assert (forget_old(NOON + 4 * DAY), groups_left()) == (1, 0)


def test_salts_live_today_and_tomorrow():
    for days in range(3):
        group_of(b"net", 1, NOON + days * DAY)

    assert forget_salts(NOON + 2 * DAY) == 1
    assert [salt.day.day for salt in GroupSalt.objects.order_by("day")] == [3, 4]
