from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tasks.enums import TaskState
from tasks.errors import TooLateToUndo, UnknownAnswer
from tasks.models import Answer, Lease, Task
from tasks.playing.submission import Submission, submit_answers
from tasks.playing.undoing import withdraw_answer
from tasks.review.reviewing import settle
from tests.factories import NOON, make_lease, make_task, make_volunteer, make_workflow, post_answer

pytestmark = pytest.mark.django_db
SOON = NOON + timedelta(seconds=59)


def take_back(result, volunteer, now=SOON):
    return withdraw_answer(volunteer.pk, UUID(result["key"]), now=now)


def state_of(task):
    task.refresh_from_db()
    return (task.get_state_display(), task.wanted, task.answered, task.leased)


def test_an_answer_that_showed_nothing_brings_the_same_lease_back():
    task, volunteer = make_task(), make_volunteer()
    token = make_lease(task, volunteer)
    [result] = submit_answers(volunteer, [Submission(token, uuid4(), {"text": "Olu"})], now=NOON)

    lease = take_back(result, volunteer).lease
    [again] = submit_answers(volunteer, [Submission(token, uuid4(), {"text": "Oulu"})], now=SOON)

    assert lease.task_id == task.pk
    assert (again["status"], state_of(task)) == ("counted", ("open", 2, 1, 0))
    assert list(Answer.objects.filter(withdrawn_at=None).values_list("value", flat=True)) == [{"text": "Oulu"}]


def test_an_answer_that_settled_the_task_frees_the_seat_for_someone_else():
    task, volunteer = make_task(), make_volunteer()
    post_answer(task, "Oulu")
    result = post_answer(task, "Oulu", volunteer)

    assert take_back(result, volunteer).lease is None
    assert state_of(task) == ("open", 2, 1, 0)
    assert [d.state for d in task.decisions.order_by("number")] == [TaskState.AGREED, TaskState.OPEN]
    assert post_answer(task, "Oulu", volunteer)["status"] == "repeated"
    assert post_answer(task, "Oulu")["feedback"]["settled"] == "agreed"
    assert [d.number for d in task.decisions.order_by("number")] == [1, 2, 3]


def test_the_seat_comes_back_even_when_others_lease_meanwhile():
    task, volunteer = make_task(), make_volunteer()
    first = post_answer(task, "Oulu", volunteer)
    post_answer(task, "Kemi")
    make_lease(task)

    assert take_back(first, volunteer).lease.task_id == task.pk
    assert state_of(task) == ("open", 3, 1, 2)


def test_a_doubt_goes_with_the_answer_that_raised_it():
    task, volunteer = make_task(), make_volunteer()
    post_answer(task, "Oulu")
    result = post_answer(task, "Kemi", volunteer)

    take_back(result, volunteer)
    Lease.objects.update(seat=False)
    Task.objects.update(leased=0)

    assert state_of(task) == ("open", 2, 1, 0)


def test_a_decision_that_holds_without_the_answer_is_made_anew_without_it():
    task, volunteer = make_task(make_workflow(policy={"minimum": 3, "maximum": 5})), make_volunteer()
    first = post_answer(task, "Oulu", volunteer)
    for _ in range(2):
        post_answer(task, "Oulu")
    Task.objects.update(wanted=3)
    version = task.version
    type(version).objects.filter(pk=version.pk).update(policy={"minimum": 2, "maximum": 5})

    assert take_back(first, volunteer).lease is None
    assert state_of(task) == ("agreed", 3, 2, 0)
    assert [(d.answers, len(d.evidence)) for d in task.decisions.order_by("number")] == [(3, 3), (2, 2)]


def test_what_a_reviewer_decided_stays_when_an_answer_goes():
    task, volunteer = make_task(make_workflow(policy={"minimum": 2, "maximum": 2})), make_volunteer()
    first = post_answer(task, "Oulu", volunteer)
    post_answer(task, "Kemi")
    settle(make_volunteer(), task.pk, {"text": "Kemi"}, seen=task.decision, now=NOON)

    take_back(first, volunteer)

    assert state_of(task) == ("agreed", 2, 1, 0)
    held = task.decisions.get(pk=task.decision)
    assert (held.number, held.value, held.agreement, len(held.evidence)) == (3, {"text": "Kemi"}, 1, 1)


def test_a_settlement_by_others_is_reopened_and_the_lease_comes_back():
    task, volunteer = make_task(), make_volunteer()
    first = post_answer(task, "Oulu", volunteer)
    post_answer(task, "Oulu")

    assert take_back(first, volunteer).lease.task_id == task.pk
    assert state_of(task) == ("open", 2, 1, 1)


def test_after_a_minute_an_answer_stays():
    task, volunteer = make_task(), make_volunteer()
    result = post_answer(task, "Oulu", volunteer)

    with pytest.raises(TooLateToUndo):
        take_back(result, volunteer, now=NOON + timedelta(seconds=61))
    assert state_of(task) == ("open", 2, 1, 0)


def test_an_answer_that_others_built_on_stays():
    task, volunteer = make_task(), make_volunteer()
    result = post_answer(task, "Oulu", volunteer)
    make_task(task.workflow, page=task.page, parent=task, answered=1)

    with pytest.raises(TooLateToUndo):
        take_back(result, volunteer)


def test_taking_back_twice_does_nothing_more():
    task, volunteer = make_task(), make_volunteer()
    result = post_answer(task, "Oulu", volunteer)

    take_back(result, volunteer)

    assert take_back(result, volunteer).lease is None
    assert state_of(task) == ("open", 2, 0, 1)


def test_nobody_takes_back_what_another_answered():
    result = post_answer(make_task(), "Oulu")

    with pytest.raises(UnknownAnswer):
        take_back(result, make_volunteer())
