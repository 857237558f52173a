from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection

from accounts.audit import first_broken
from accounts.enums import Role
from accounts.models import Act, Membership
from gamification.models import Ledger
from gamification.repairing import repair_credits
from tasks.enums import DecidedBy, ProjectState, TaskState
from tasks.errors import DecidedMeanwhile, MalformedValue, NotReviewable, OwnReading, TooLateToUndo
from tasks.models import Answer, Decision, Lease, Project, Skill, Task
from tasks.playing.scheduling import lease_tasks
from tasks.playing.submission import Submission, submit_answers
from tasks.playing.undoing import withdraw_answer
from tasks.refitting import refit
from tasks.review.reviewing import CONFIDENCE, UNDO_WINDOW, reopen, settle, undo
from tasks.showing.projects import count_progress
from tests.factories import NOON, make_lease, make_page, make_task, make_volunteer, make_workflow, post_answer

from .building import make_dispute, make_reviewer, standing

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)
TEXT = {"text": "Oulu"}


@pytest.fixture
def task():
    return make_dispute()


@pytest.fixture
def reviewer(task):
    return make_reviewer(task.project)


@pytest.mark.parametrize(
    ("value", "state", "agreement", "earned"),
    [
        ({"text": "Oulu"}, TaskState.AGREED, 0.5, ["agreed", "differed"]),
        ({"text": "Oula"}, TaskState.AGREED, 0.0, ["differed", "differed"]),
        ({"blank": True}, TaskState.AGREED, 0.0, ["differed", "differed"]),
        ({"unreadable": True}, TaskState.UNREADABLE, 0.0, ["differed", "differed"]),
    ],
)
def test_a_reviewer_settles_a_dispute_and_points_follow(task, reviewer, value, state, agreement, earned):
    before = Decision.objects.get(pk=task.decision)

    settle(reviewer, task.pk, value, seen=task.decision, note="as on page 3", now=LATER)

    task.refresh_from_db()
    decision = task.decisions.get(pk=task.decision)
    assert (task.state, task.settled_at) == (state, LATER)
    assert (decision.number, decision.state, decision.value, decision.decided_by) == (2, state, value, "reviewer")
    assert (decision.reviewer, decision.reason, decision.answers) == (reviewer, "as on page 3", 2)
    assert (decision.agreement, decision.confidence) == (agreement, CONFIDENCE)
    assert decision.evidence == before.evidence
    assert standing(task) == [{"took_part", rule} for rule in earned]


def test_a_reading_equal_by_the_rules_of_the_question_agrees():
    policy = {"minimum": 2, "maximum": 2}
    workflow = make_workflow(policy=policy, schema={"normalisation": {"ignore_case": True}})
    task = make_dispute("oulu", "Kemi", workflow=workflow)

    settle(make_reviewer(task.project), task.pk, TEXT, seen=task.decision)

    assert standing(task) == [{"took_part", "agreed"}, {"took_part", "differed"}]


def test_yes_or_no_is_settled_too():
    workflow = make_workflow(kind="verify", policy={"minimum": 2, "maximum": 2})
    task = make_dispute({"matches": True}, {"matches": False}, workflow=workflow, suggestion="Oulu")
    reviewer = make_reviewer(task.project)

    with pytest.raises(MalformedValue):
        settle(reviewer, task.pk, TEXT, seen=task.decision)
    settle(reviewer, task.pk, {"matches": False}, seen=task.decision)

    assert task.decisions.latest("number").value == {"matches": False}


def test_who_read_a_line_does_not_settle_it():
    reader = make_volunteer()
    task = make_dispute(people=[reader, make_volunteer()])
    Membership.objects.create(organisation=task.project.organisation, volunteer=reader, role=Role.OWNER)

    with pytest.raises(OwnReading, match="someone else must settle this"):
        settle(reader, task.pk, TEXT, seen=task.decision)
    with pytest.raises(OwnReading):
        reopen(reader, task.pk, 2, seen=task.decision)

    assert (task.decisions.count(), Act.objects.count()) == (1, 0)


def test_nor_does_who_read_it_under_another_question(task, reviewer):
    other = make_task(make_workflow(task.project), page=task.page, subject=task.subject)
    post_answer(other, "Kemi", reviewer)

    with pytest.raises(OwnReading):
        settle(reviewer, task.pk, TEXT, seen=task.decision)


def test_nor_does_who_took_their_answer_back(reviewer, task):
    other = make_task(make_workflow(task.project), page=task.page, subject=task.subject)
    post_answer(other, "Kemi", reviewer)
    withdraw_answer(reviewer.pk, Answer.objects.get(volunteer=reviewer).key, now=NOON)

    with pytest.raises(OwnReading):
        settle(reviewer, task.pk, TEXT, seen=task.decision)


def test_who_judged_a_line_is_never_asked_about_it(task, reviewer):
    task_of_other_kind = make_task(make_workflow(task.project), page=task.page, subject=task.subject)
    token = make_lease(task_of_other_kind, reviewer, now=NOON)

    settle(reviewer, task.pk, TEXT, seen=task.decision, now=NOON)
    [refused] = submit_answers(reviewer, [Submission(token, uuid4(), TEXT)], now=NOON)

    task_of_other_kind.refresh_from_db()
    assert (refused["status"], task_of_other_kind.leased, task_of_other_kind.answered) == ("refused", 0, 0)
    assert lease_tasks(reviewer.pk, task.project.slug, 1, newcomer=True, now=NOON).exhausted
    assert not lease_tasks(make_volunteer().pk, task.project.slug, 1, newcomer=True, now=NOON).exhausted


def test_the_second_of_two_reviewers_is_told(task, reviewer):
    seen = task.decision
    settle(make_reviewer(task.project), task.pk, TEXT, seen=seen)

    with pytest.raises(DecidedMeanwhile, match="Someone was faster"):
        settle(reviewer, task.pk, {"text": "Kemi"}, seen=seen)

    assert task.decisions.latest("number").value == TEXT


def test_a_later_decision_supersedes_and_points_move(task, reviewer):
    first = settle(reviewer, task.pk, TEXT, seen=task.decision)

    settle(make_reviewer(task.project), task.pk, {"text": "Kemi"}, seen=first.pk)

    task.refresh_from_db()
    assert task.decisions.get(pk=task.decision).value == {"text": "Kemi"}
    assert standing(task) == [{"took_part", "differed"}, {"took_part", "agreed"}]
    assert list(task.decisions.order_by("number").values_list("decided_by", flat=True)) == [
        "rule",
        "reviewer",
        "reviewer",
    ]


@pytest.mark.parametrize("value", [TEXT, {"unreadable": True}])
def test_undoing_brings_the_dispute_back_as_it_was(task, reviewer, value):
    before = Decision.objects.get(pk=task.decision)
    made = settle(reviewer, task.pk, value, seen=task.decision, now=LATER)

    again = undo(reviewer, made, now=LATER)

    task.refresh_from_db()
    assert (task.state, task.decision, again.restores) == (TaskState.DISPUTED, again.pk, before.pk)
    assert (again.decided_by, again.value, again.evidence) == (DecidedBy.RULE, None, before.evidence)
    assert (again.method, again.parameters, again.confidence) == (before.method, before.parameters, before.confidence)
    assert standing(task) == [{"took_part"}, {"took_part"}]


def test_undoing_a_correction_brings_the_other_reviewers_decision_back(task, reviewer):
    other = make_reviewer(task.project)
    first = settle(other, task.pk, TEXT, seen=task.decision)
    second = settle(reviewer, task.pk, {"text": "Kemi"}, seen=first.pk)

    again = undo(reviewer, second)

    assert (again.value, again.reviewer, again.restores) == (TEXT, other, first.pk)
    assert standing(task) == [{"took_part", "agreed"}, {"took_part", "differed"}]


def test_what_has_been_overtaken_or_is_old_is_not_undone(task, reviewer):
    first = settle(reviewer, task.pk, TEXT, seen=task.decision, now=LATER)
    with pytest.raises(TooLateToUndo, match="decide it anew"):
        undo(reviewer, first, now=LATER + UNDO_WINDOW + timedelta(seconds=1))

    settle(reviewer, task.pk, {"text": "Kemi"}, seen=first.pk, now=LATER)
    with pytest.raises(DecidedMeanwhile):
        undo(reviewer, first, now=LATER)


def test_a_withdrawn_task_stays_withdrawn(task, reviewer):
    made = settle(reviewer, task.pk, TEXT, seen=task.decision)
    Task.objects.filter(pk=task.pk).update(state=TaskState.WITHDRAWN)

    with pytest.raises(NotReviewable):
        settle(reviewer, task.pk, TEXT, seen=made.pk)
    with pytest.raises(DecidedMeanwhile):
        undo(reviewer, made)


def test_reopening_asks_more_people_and_keeps_the_answers(task, reviewer):
    reopen(reviewer, task.pk, 2, seen=task.decision, now=LATER)

    task.refresh_from_db()
    assert (task.state, task.answered, task.seats, task.maximum, task.settled_at) == (TaskState.OPEN, 2, 2, 4, None)
    post_answer(task, "Kimi")
    assert task.state == TaskState.OPEN
    post_answer(task, "Oulu")
    assert task.decisions.get(pk=task.decision).answers == 4
    assert task.state == TaskState.DISPUTED

    reopen(make_reviewer(task.project), task.pk, 1, seen=task.decision)
    post_answer(task, "Oulu")
    assert (task.state, task.decisions.get(pk=task.decision).value) == (TaskState.AGREED, TEXT)


def test_reopening_an_agreed_task_takes_its_points_back(task, reviewer):
    made = settle(reviewer, task.pk, TEXT, seen=task.decision)

    reopen(reviewer, task.pk, 1, seen=made.pk)

    assert standing(task) == [{"took_part"}, {"took_part"}]
    with pytest.raises(NotReviewable, match="asked again"):
        settle(reviewer, task.pk, TEXT, seen=task.decisions.latest("number").pk)


def test_a_reopening_is_undone_until_somebody_answers(task, reviewer):
    made = reopen(reviewer, task.pk, 2, seen=task.decision, now=LATER)
    make_lease(task, now=LATER)
    undo(reviewer, made, now=LATER)
    task.refresh_from_db()
    assert (task.state, task.leased) == (TaskState.DISPUTED, 1)

    made = reopen(reviewer, task.pk, 2, seen=task.decision, now=LATER)
    post_answer(task, "Kimi", now=LATER)
    with pytest.raises(DecidedMeanwhile, match="answered since"):
        undo(reviewer, Decision.objects.get(pk=made.pk), now=LATER)


def test_nothing_is_reopened_where_nobody_can_answer(task, reviewer):
    with pytest.raises(NotReviewable, match="may have 50"):
        reopen(reviewer, task.pk, 49, seen=task.decision)

    Project.objects.update(state=ProjectState.CLOSED)
    with pytest.raises(NotReviewable, match="takes no answers now"):
        reopen(reviewer, task.pk, 2, seen=task.decision)


def test_every_act_is_a_line_of_the_audit_trail(task, reviewer):
    dispute = task.decision
    made = settle(reviewer, task.pk, TEXT, seen=dispute)
    back = undo(reviewer, made)
    again = reopen(reviewer, task.pk, 2, seen=back.pk)

    about = {"project": task.project_id, "task": task.pk}
    assert list(Act.objects.order_by("number").values_list("what", "volunteer", "details")) == [
        ("task.settled", reviewer.pk, about | {"decision": made.pk, "instead_of": dispute}),
        ("task.restored", reviewer.pk, about | {"decision": back.pk, "instead_of": made.pk}),
        ("task.reopened", reviewer.pk, about | {"decision": again.pk, "instead_of": back.pk, "more": 2}),
    ]
    assert first_broken(task.project.organisation) is None


def test_what_fails_leaves_nothing_behind(task, reviewer, monkeypatch):
    monkeypatch.setattr("accounts.audit.record", lambda *_args, **_details: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        settle(reviewer, task.pk, TEXT, seen=task.decision)

    task.refresh_from_db()
    assert (task.state, task.decisions.count(), Lease.objects.filter(volunteer=reviewer).count()) == (3, 1, 0)
    assert standing(task) == [{"took_part"}, {"took_part"}]


def test_points_that_failed_are_given_later(task, reviewer, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr("gamification.crediting.recredit", lambda *_args: 1 / 0)
        settle(reviewer, task.pk, TEXT, seen=task.decision)
    assert standing(task) == [{"took_part"}, {"took_part"}]

    assert repair_credits() == 1

    assert standing(task) == [{"took_part", "agreed"}, {"took_part", "differed"}]


def test_a_reviewers_decision_teaches_and_a_later_one_teaches_otherwise(task, reviewer):
    right, wrong = Answer.objects.order_by("pk").values_list("volunteer", flat=True)

    def skills(now):
        refit(task.workflow, now=now)
        rows = {skill.volunteer_id: (skill.right, skill.wrong) for skill in Skill.objects.all()}
        return [rows.get(volunteer) for volunteer in (right, wrong)]

    made = settle(reviewer, task.pk, TEXT, seen=task.decision, now=LATER)
    assert skills(LATER + timedelta(seconds=61)) == [(1, 0), (0, 1)]

    other = settle(reviewer, task.pk, {"text": "Kemi"}, seen=made.pk, now=LATER)
    assert skills(LATER + timedelta(seconds=61)) == [(0, 1), (1, 0)]

    undo(reviewer, other, now=LATER)
    assert skills(LATER + timedelta(seconds=61)) == [(1, 0), (0, 1)]

    reopen(reviewer, task.pk, 2, seen=task.decisions.latest("number").pk, now=LATER)
    first, second = skills(LATER + timedelta(seconds=61))
    assert first == second


def test_the_totals_of_a_project_know_its_disputes(task, reviewer):
    def counted():
        progress = count_progress(task.project_id)
        return progress.tasks, progress.settled, progress.disputed

    assert counted() == (1, 1, 1)
    made = settle(reviewer, task.pk, TEXT, seen=task.decision)
    assert counted() == (1, 1, 0)
    reopen(reviewer, task.pk, 1, seen=made.pk)
    assert counted() == (1, 0, 0)


def at_once(*calls):
    """Run the calls side by side; return what each gave or raised."""

    def run(call):
        try:
            return call()
        except Exception as error:
            return type(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [future.result() for future in [threads.submit(run, call) for call in calls]]


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_decides_and_one_is_told():
    for _ in range(5):
        task = make_dispute()
        one, other = make_reviewer(task.project), make_reviewer(task.project)

        found = at_once(
            partial(settle, one, task.pk, TEXT, seen=task.decision),
            partial(settle, other, task.pk, {"text": "Kemi"}, seen=task.decision),
        )

        made = [each for each in found if isinstance(each, Decision)]
        assert (len(made), found.count(DecidedMeanwhile)) == (1, 1)
        task.refresh_from_db()
        assert (task.decision, task.decisions.count()) == (made[0].pk, 2)
        assert sorted(Ledger.objects.filter(project=task.project).values_list("points", flat=True)) == [0, 1, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_an_undoing_pressed_twice_undoes_once():
    task = make_dispute()
    reviewer = make_reviewer(task.project)
    made = settle(reviewer, task.pk, TEXT, seen=task.decision)

    found = at_once(*[partial(undo, reviewer, made)] * 3)

    assert (found.count(DecidedMeanwhile), task.decisions.count(), Act.objects.count()) == (2, 3, 2)


@pytest.mark.django_db(transaction=True)
def test_a_reviewer_who_answers_in_another_window_meanwhile_has_one_say_only():
    for _ in range(5):
        task = make_dispute()
        other = make_task(make_workflow(task.project), page=make_page(task.project), subject=task.subject)
        reviewer = make_reviewer(task.project)
        token = make_lease(other, reviewer, now=NOON)

        settled, answered = at_once(
            partial(settle, reviewer, task.pk, TEXT, seen=task.decision, now=NOON),
            partial(submit_answers, reviewer, [Submission(token, uuid4(), TEXT)], now=NOON),
        )

        said = [result["status"] for result in answered]
        assert (settled, said) == (OwnReading, ["counted"]) or (isinstance(settled, Decision) and said == ["refused"])
