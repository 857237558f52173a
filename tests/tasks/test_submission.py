from uuid import uuid4

import pytest

from tasks.enums import TaskState
from tasks.models import Answer, Lease
from tasks.playing.submission import Submission, submit_answers
from tasks.signals import answer_counted
from tests.factories import (
    NOON,
    make_lease,
    make_project,
    make_task,
    make_volunteer,
    make_workflow,
    post_answer,
    settle_task,
)

pytestmark = pytest.mark.django_db


def seats(task):
    task.refresh_from_db()
    return (task.wanted, task.answered, task.leased)


def test_two_equal_readings_settle_a_task():
    task = make_task()

    first = post_answer(task, "Helsinki")
    second = post_answer(task, "Helsinki")

    assert (first["status"], first["pending"], "feedback" in first) == ("counted", True, False)
    assert (second["status"], second["pending"]) == ("counted", False)
    assert second["feedback"] == {"settled": "agreed", "agrees": True, "readers": 2}
    decision = task.decisions.get()
    assert (task.state, decision.value, decision.answers) == (TaskState.AGREED, {"text": "Helsinki"}, 2)
    assert task.decision == decision.pk


def test_a_doubt_asks_for_one_more_answer():
    task = make_task()

    post_answer(task, "Helsinki")
    post_answer(task, "Turku")

    assert (task.state, seats(task)) == (TaskState.OPEN, (3, 2, 0))


def test_readings_that_never_agree_are_disputed_at_the_maximum():
    task = make_task(make_workflow(policy={"minimum": 2, "maximum": 3}))

    for text in ("Helsinki", "Turku", "Vaasa"):
        post_answer(task, text)

    decision = task.decisions.get()
    assert (task.state, decision.value) == (TaskState.DISPUTED, None)


def test_a_line_that_nobody_can_read_settles_as_unreadable():
    task = settle_task(None, {"unreadable": True}, {"unreadable": True})

    assert (task.state, task.decisions.get().value) == (TaskState.UNREADABLE, {"unreadable": True})


def test_an_empty_line_is_a_value_to_agree_upon():
    task = settle_task(None, {"blank": True}, {"blank": True})

    assert (task.state, task.decisions.get().value) == (TaskState.AGREED, {"blank": True})


def test_a_verification_settles_like_a_vote():
    workflow = make_workflow(kind="verify")
    task = settle_task(workflow, {"matches": False}, {"matches": False}, suggestion="Helsmki")

    assert (task.state, task.decisions.get().value) == (TaskState.AGREED, {"matches": False})


def test_a_known_key_with_the_same_body_returns_its_first_result_unchanged():
    task, volunteer = make_task(), make_volunteer()
    submission = Submission(make_lease(task, volunteer), uuid4(), {"text": "Oulu"})

    [first] = submit_answers(volunteer, [submission], now=NOON)
    [again] = submit_answers(volunteer, [submission])

    assert again == first
    assert Answer.objects.count() == 1


def test_a_known_key_with_another_body_is_refused():
    task, volunteer = make_task(), make_volunteer()
    lease, key = make_lease(task, volunteer), uuid4()

    submit_answers(volunteer, [Submission(lease, key, {"text": "Oulu"})])
    [result] = submit_answers(volunteer, [Submission(lease, key, {"text": "Kemi"})])

    assert (result["status"], Answer.objects.get().value) == ("refused", {"text": "Oulu"})


def test_a_second_key_on_one_lease_is_refused():
    task, volunteer = make_task(), make_volunteer()
    lease = make_lease(task, volunteer)

    submit_answers(volunteer, [Submission(lease, uuid4(), {"text": "Oulu"})])
    [result] = submit_answers(volunteer, [Submission(lease, uuid4(), {"text": "Kemi"})])

    assert (result["status"], Answer.objects.count()) == ("refused", 1)


@pytest.mark.parametrize("token", ["forged", ""])
def test_a_forged_lease_is_refused(token):
    [result] = submit_answers(make_volunteer(), [Submission(token, uuid4(), {"text": "Oulu"})])

    assert (result["status"], Answer.objects.count()) == ("refused", 0)


def test_the_lease_of_another_volunteer_is_refused_and_stays_usable():
    task, owner = make_task(), make_volunteer()
    lease = make_lease(task, owner)

    [stolen] = submit_answers(make_volunteer(), [Submission(lease, uuid4(), {"text": "Oulu"})])
    [own] = submit_answers(owner, [Submission(lease, uuid4(), {"text": "Oulu"})])

    assert (stolen["status"], own["status"]) == ("refused", "counted")


def test_another_answer_to_the_same_subject_is_repeated_and_gives_its_seat_back():
    project = make_project()
    volunteer = make_volunteer()
    task = make_task(make_workflow(project))
    twin = make_task(make_workflow(project), page=task.page, subject=task.subject)

    post_answer(task, "Oulu", volunteer)
    result = post_answer(twin, "Oulu", volunteer)

    assert (result["status"], seats(twin)) == ("repeated", (2, 0, 0))


def test_an_answer_whose_seat_is_gone_is_late_and_kept_uncounted():
    task, slow = make_task(), make_volunteer()
    lease = make_lease(task, slow)
    Lease.objects.update(seat=False)
    type(task).objects.update(leased=0)
    post_answer(task, "Oulu")
    post_answer(task, "Oulu")

    [result] = submit_answers(slow, [Submission(lease, uuid4(), {"text": "Oulu"})])

    assert (result["status"], result["points"], result["pending"]) == ("late", 0, False)
    assert Answer.objects.get(volunteer=slow).counted is False
    assert seats(task) == (2, 2, 0)


def test_an_expired_lease_is_honoured_while_a_seat_is_free():
    task, slow = make_task(), make_volunteer()
    lease = make_lease(task, slow)
    Lease.objects.update(seat=False)
    type(task).objects.update(leased=0)

    [result] = submit_answers(slow, [Submission(lease, uuid4(), {"text": "Oulu"})])

    assert (result["status"], seats(task)) == ("counted", (2, 1, 0))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "Oulu",
        [],
        {},
        {"text": 5},
        {"text": "  "},
        {"text": "x" * 2001},
        {"text": "a", "blank": True},
        {"blank": 1},
    ],
)
def test_a_malformed_value_is_refused_with_a_sentence_and_costs_no_seat(value):
    task, volunteer = make_task(), make_volunteer()
    lease = make_lease(task, volunteer)

    [result] = submit_answers(volunteer, [Submission(lease, uuid4(), value)])

    assert (result["status"], result["reason"].endswith("."), seats(task)) == ("refused", True, (2, 0, 1))


def test_one_bad_answer_does_not_spoil_the_others():
    volunteer = make_volunteer()
    tasks = [make_task(), make_task(), make_task()]
    leases = [make_lease(task, volunteer) for task in tasks]
    values = [{"text": "a"}, {"text": ""}, {"text": "c"}]

    results = submit_answers(
        volunteer, [Submission(lease, uuid4(), value) for lease, value in zip(leases, values, strict=True)]
    )

    assert [result["status"] for result in results] == ["counted", "refused", "counted"]


def test_a_seat_held_in_a_task_that_was_settled_is_given_up_with_the_late_answer():
    task, slow = make_task(make_workflow(policy={"minimum": 2, "maximum": 5})), make_volunteer()
    type(task).objects.filter(pk=task.pk).update(wanted=3)
    lease = make_lease(task, slow)
    post_answer(task, "Oulu")
    post_answer(task, "Oulu")

    [result] = submit_answers(slow, [Submission(lease, uuid4(), {"text": "Oulu"})])

    assert (result["status"], seats(task)) == ("late", (3, 2, 0))


def test_listeners_that_fail_cost_nobody_the_answer():
    def broken(**said):
        raise RuntimeError("out of order")

    task = make_task()
    answer_counted.connect(broken)
    try:
        result = post_answer(task, "Oulu")
    finally:
        answer_counted.disconnect(broken)

    assert (result["status"], result["points"]) == ("counted", 0)
    assert Answer.objects.get().credited_at is None
