from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gamification import crediting
from gamification.models import EVERYONE, Ledger
from gamification.periods import EVER
from gamification.rebuilding import errors
from gamification.repairing import repair_credits
from tasks.enums import TaskState
from tasks.leasing.leases import give_back
from tasks.models import Answer
from tasks.playing.scheduling import lease_tasks
from tasks.playing.submission import Submission, submit_answers
from tasks.playing.undoing import withdraw_answer
from tasks.signals import answer_counted, answer_withdrawn
from tests.factories import (
    NOON,
    make_known,
    make_lease,
    make_project,
    make_task,
    make_volunteer,
    make_workflow,
    post_answer,
)

from .builders import counted, ledger, make_volunteers, project_all, settlement, standings

pytestmark = pytest.mark.django_db


def send_counted(answer, settled=None):
    return [points for _receiver, points in answer_counted.send(None, answer=answer, settled=settled, at=NOON)]


def send_withdrawn(answer, undone=None, settled=None):
    answer_withdrawn.send(None, answer=answer, undone=undone, settled=settled, at=NOON)


@pytest.fixture
def readers():
    """Three volunteers' answers 1, 2 and 3 to one task."""
    project = make_project()
    answers = [counted(project, volunteer, number) for number, volunteer in enumerate(make_volunteers(3), start=1)]
    return project, *answers


def test_a_counted_answer_earns_a_point_in_one_statement(readers, django_assert_num_queries):
    _project, first, *_others = readers
    with django_assert_num_queries(1):
        assert send_counted(first) == [1]
    assert ledger() == [(1, "took_part", 1)]


def test_a_settlement_pays_those_who_agree(readers, django_assert_num_queries):
    project, one, other, last = readers
    send_counted(one)
    send_counted(other)
    with django_assert_num_queries(1):
        assert send_counted(last, settlement(project, 7, [one, last], [other])) == [3]
    assert ledger()[2:] == [(3, "took_part", 1), (1, "agreed#7", 2), (3, "agreed#7", 2), (2, "differed#7", 0)]


def test_telling_twice_gives_nothing_twice(readers):
    project, one, *_others = readers
    settled = settlement(project, 7, [one])
    send_counted(one, settled)
    once = ledger()

    assert (send_counted(one, settled), ledger()) == ([3], once)


def test_taking_an_answer_back_takes_back_what_its_settlement_gave(readers):
    project, one, other, last = readers
    for answer in (one, other):
        send_counted(answer)
    settled = settlement(project, 7, [one, last], [other])
    send_counted(last, settled)
    before = len(ledger())

    send_withdrawn(last, undone=settled)
    send_withdrawn(last, undone=settled)

    assert sorted(ledger()[before:]) == [
        (1, "agreed#7:reversed", -2),
        (2, "differed#7:reversed", 0),
        (3, "agreed#7:reversed", -2),
        (3, "took_part:reversed", -1),
    ]


def test_what_is_settled_again_pays_again(readers):
    project, one, other, last = readers
    first, second = settlement(project, 7, [one, other]), settlement(project, 8, [one, last], [])
    send_counted(one)
    send_counted(other, first)
    send_withdrawn(other, undone=first)
    send_counted(last, second)

    project_all()

    everyone = {p.volunteer: a for p, a in standings().items() if (p.board, p.period) == (EVERYONE, "all")}
    assert everyone == {one.volunteer: (3, 1, 1), other.volunteer: (0, 0, 0), last.volunteer: (3, 1, 1)}


def test_the_same_decision_may_fall_and_hold_again(readers):
    project, one, other, last = readers
    settled = settlement(project, 7, [one])
    send_counted(one, settled)
    send_counted(other)
    send_counted(last)
    send_withdrawn(other, undone=settled)
    send_withdrawn(last, settled=settled)

    assert [line for line in ledger() if line[0] == 1] == [
        (1, "took_part", 1),
        (1, "agreed#7", 2),
        (1, "agreed#7:reversed", -2),
        (1, "agreed#7.2", 2),
    ]


def test_a_settlement_that_stays_keeps_its_points(readers):
    project, one, other, last = readers
    before, after = settlement(project, 7, [one, other, last]), settlement(project, 7, [one, other])
    for answer in (one, other):
        send_counted(answer)
    send_counted(last, before)
    lines = len(ledger())

    send_withdrawn(last, undone=before, settled=after)

    assert sorted(ledger()[lines:]) == [(3, "agreed#7:reversed", -2), (3, "took_part:reversed", -1)]


def test_a_reversal_takes_from_the_day_to_which_the_credit_went(readers):
    _project, one, *_others = readers
    send_counted(one)
    send_withdrawn(one)

    assert set(Ledger.objects.values_list("earned_at", flat=True)) == {one.created_at}


def test_a_reply_says_what_an_answer_earned_once_it_is_confirmed():
    task = make_task(make_workflow(policy={"minimum": 3, "maximum": 3}))
    results = [post_answer(task, text) for text in ("Helsinki", "Helsinki", "Turku")]

    assert [result["points"] for result in results] == [0, 0, 1]
    assert task.state == TaskState.AGREED
    assert sorted(rule.partition("#")[0] for _answer, rule, _points in ledger()) == [
        *["agreed"] * 2,
        "differed",
        *["took_part"] * 3,
    ]


def test_a_late_answer_earns_nothing():
    task = make_task(make_workflow(policy={"minimum": 1, "maximum": 1}))
    volunteer = make_volunteer()
    token = make_lease(task, volunteer)
    give_back(volunteer.pk, [token])
    post_answer(task, "Helsinki")

    [result] = submit_answers(volunteer, [Submission(token, uuid4(), {"text": "Turku"})], now=NOON)

    assert (result["status"], result["points"]) == ("late", 0)
    assert volunteer.pk not in Ledger.objects.values_list("volunteer", flat=True)


def fail(*_args, **_options):
    raise RuntimeError("out of order")


def test_points_that_failed_are_given_later(monkeypatch):
    task = make_task(make_workflow(policy={"minimum": 2, "maximum": 2}))
    post_answer(task, "Helsinki")
    with monkeypatch.context() as broken:
        broken.setattr(crediting, "credit", fail)
        result = post_answer(task, "Helsinki")
    assert (result["status"], result["points"], len(ledger())) == ("counted", 0, 1)

    assert repair_credits() == 1

    first, second = Answer.objects.order_by("id").values_list("id", flat=True)
    agreed = f"agreed#{task.decision}"
    assert sorted(ledger()) == [
        (first, agreed, 2),
        (first, "took_part", 1),
        (second, agreed, 2),
        (second, "took_part", 1),
    ]
    assert (repair_credits(), len(ledger())) == (0, 4)


def test_an_answer_that_deserves_nothing_is_not_looked_at_again():
    task = make_task()
    post_answer(task, "Helsinki")
    Ledger.objects.all().delete()
    Answer.objects.update(counted=False, credited_at=None)

    assert (repair_credits(), repair_credits(), ledger()) == (1, 0, [])


def test_an_answer_to_a_known_line_is_credited_later_as_it_would_have_been():
    workflow = make_workflow()
    make_task(workflow)
    known = make_task(workflow)
    make_known(known)
    volunteer = make_volunteer()
    [granted] = lease_tasks(volunteer.pk, workflow.project.slug, 1, newcomer=True).leases
    submit_answers(volunteer, [Submission(granted.token, uuid4(), {"text": "Helsinki"})])
    before = ledger()
    Ledger.objects.all().delete()
    Answer.objects.update(credited_at=None)

    assert (repair_credits(), repair_credits()) == (1, 0)
    assert len(before) == 2
    assert sorted(ledger()) == sorted(before)


def test_a_task_that_cannot_be_repaired_leaves_the_others_their_turn(monkeypatch, caplog):
    bad, good = make_task(), make_task()
    for task in (bad, good):
        post_answer(task, "Helsinki")
    Ledger.objects.all().delete()
    Answer.objects.update(credited_at=None)
    balance = crediting.balance
    monkeypatch.setattr(
        "gamification.repairing.balance",
        lambda project, *rest: fail() if project == bad.project_id else balance(project, *rest),
    )

    assert repair_credits() == 1
    assert "cannot be given" in caplog.text
    assert list(Ledger.objects.values_list("project", flat=True)) == [good.project_id]


class TestSequences(TestCase):
    """Whatever volunteers do, whatever fails: after the repair the boards equal the ledger and what holds now."""

    @given(
        st.lists(
            st.one_of(
                st.tuples(st.just("answer"), st.integers(0, 1), st.sampled_from(["Helsinki", "Turku"]), st.booleans()),
                st.tuples(st.just("withdraw"), st.integers(0, 9), st.booleans()),
                st.tuples(st.just("project")),
                st.tuples(st.just("repair")),
            ),
            max_size=16,
        )
    )
    @settings(max_examples=15, deadline=None)
    def test_the_boards_equal_what_holds(self, steps):
        workflow = make_workflow(policy={"minimum": 2, "maximum": 4, "confidence": 0.8})
        tasks = [make_task(workflow), make_task(workflow)]
        for verb, *details in steps:
            {"answer": answer, "withdraw": withdraw, "project": project_all, "repair": repair_credits}[verb](
                *([tasks] if details else []), *details
            )
        repair_credits()
        project_all()

        shown = {p.volunteer: a for p, a in standings().items() if (p.board, p.period_start) == (EVERYONE, EVER)}
        assert {volunteer: amounts for volunteer, amounts in shown.items() if any(amounts)} == deserved(tasks)
        assert [(found.standings, found.tallies) for found in errors()] == [({}, {}), ({}, {})]


def answer(tasks, index, text, works):
    task = tasks[index]
    task.refresh_from_db()
    if task.state != TaskState.OPEN or not task.seats:
        return
    with pytest.MonkeyPatch.context() as broken:
        if not works:
            broken.setattr(crediting, "credit", fail)
        post_answer(task, text)


def withdraw(tasks, index, works):
    answers = Answer.objects.filter(task__in=tasks, withdrawn_at=None).order_by("id")
    with pytest.MonkeyPatch.context() as broken:
        if not works:
            broken.setattr(crediting, "uncredit", fail)
        for found in answers[index : index + 1]:
            withdraw_answer(found.volunteer_id, found.key, now=NOON)


def deserved(tasks):
    """Work out from the answers and decisions alone what each volunteer should have."""
    amounts = {}
    for task in tasks:
        task.refresh_from_db()
        winner = task.decisions.get(pk=task.decision).vote if task.state == TaskState.AGREED else None
        for volunteer, vote in Answer.objects.filter(task=task, counted=True, withdrawn_at=None).values_list(
            "volunteer", "vote"
        ):
            right = winner is not None and vote == winner
            amounts[volunteer] = (1 + 2 * right, int(right), int(winner is not None))
    return amounts


@pytest.mark.django_db(transaction=True)
def test_repairing_from_several_processes_at_once_gives_each_point_once():
    task = make_task(make_workflow(policy={"minimum": 2, "maximum": 2}))
    for _reader in range(2):
        post_answer(task, "Helsinki")
    Ledger.objects.all().delete()
    Answer.objects.update(credited_at=None)

    def repair() -> None:
        try:
            repair_credits()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        for future in [threads.submit(repair) for _ in range(3)]:
            future.result()

    assert sorted(points for _answer, _rule, points in ledger()) == [1, 1, 2, 2]
