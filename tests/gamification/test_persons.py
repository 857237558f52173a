"""Boards follow who a volunteer is: another name, erased, decided otherwise by a reviewer."""

import pytest
from django.utils import timezone

from accounts.choosing import choose_name, remove_name
from accounts.enums import Role
from accounts.erasing import erase
from accounts.models import Membership, Volunteer
from gamification.boards import best, board_named, entry_of_volunteer, look_at
from gamification.enums import Period
from gamification.models import BoardVersion, Ledger
from gamification.rebuilding import errors
from gamification.repairing import repair_credits
from gamification.summing import Earned, earned_by_project, points_of
from tasks.enums import TaskState
from tasks.models import Answer, Task
from tasks.review.reviewing import reopen, settle, undo
from tests.factories import make_project, make_task, make_volunteer, make_workflow, post_answer

from .builders import earn, make_volunteers, project_all, standings, tallies

pytestmark = pytest.mark.django_db
NOTHING_WRONG = [({}, {}), ({}, {})]


def compared():
    return [(found.standings, found.tallies) for found in errors()]


def play(*points):
    project, volunteers = make_project(), make_volunteers(len(points))
    for volunteer, each in zip(volunteers, points, strict=True):
        earn(project, volunteer, each)
    project_all()
    return volunteers


def listed():
    return [(entry.rank, entry.name) for entry in best(look_at(board_named("all"), Period.ALL), 10)]


def versions():
    return list(BoardVersion.objects.order_by("board").values_list("version", flat=True))


def test_another_name_shows_at_once_and_sockets_are_told():
    one, two = play(9, 5)
    before = versions()

    choose_name(two, "Aino")

    assert (listed(), versions()) == ([(1, str(one)), (2, "Aino")], [version + 1 for version in before])
    remove_name(two)
    assert (listed()[1], versions()) == ((2, str(two)), [version + 2 for version in before])


def test_whoever_is_erased_stands_on_no_board_and_the_others_move_up():
    first, second, third = play(9, 9, 5)
    before = versions()

    erase(first)

    assert listed() == [(1, str(second)), (2, str(third))]
    assert entry_of_volunteer(look_at(board_named("all"), Period.ALL), third.pk).rank == 2
    assert {place.volunteer for place in standings()} == {second.pk, third.pk}
    assert {row[-1] for row in tallies()} == {1}
    assert (versions(), compared()) == ([version + 1 for version in before], NOTHING_WRONG)


def test_points_still_on_their_way_bring_nobody_erased_back():
    project, [volunteer] = make_project(), make_volunteers(1)
    earn(project, volunteer)
    erase(volunteer)
    earn(project, volunteer)

    project_all()

    assert (listed(), Ledger.objects.filter(projected=False).count(), compared()) == ([], 0, NOTHING_WRONG)


def amounts(volunteer):
    project_all()
    return earned_by_project(volunteer.pk)[0]


def test_points_and_accuracy_follow_a_reviewer_who_decides_reopens_and_undoes():
    task = make_task(make_workflow(policy={"minimum": 2, "maximum": 2}))
    me, other, reviewer = make_volunteer(), make_volunteer(), make_volunteer()
    Membership.objects.create(organisation=task.project.organisation, volunteer=reviewer, role=Role.REVIEWER)
    for text, reader in (("Turku", me), ("Åbo", other)):
        post_answer(task, text, reader, now=None)
    assert (task.state, amounts(me), amounts(other)) == (TaskState.DISPUTED, Earned(1, 0, 0), Earned(1, 0, 0))

    decision = settle(reviewer, task.pk, {"text": "Turku"}, seen=task.decision)
    assert (amounts(me), amounts(other)) == (Earned(3, 1, 1), Earned(1, 0, 1))

    decision = settle(reviewer, task.pk, {"text": "Åbo"}, seen=decision.pk)
    assert (amounts(me), amounts(other)) == (Earned(1, 0, 1), Earned(3, 1, 1))

    again = undo(reviewer, decision)
    assert (amounts(me), amounts(other)) == (Earned(3, 1, 1), Earned(1, 0, 1))

    reopen(reviewer, task.pk, 1, seen=again.pk)
    assert (amounts(me), amounts(other)) == (Earned(1, 0, 0), Earned(1, 0, 0))
    assert compared() == NOTHING_WRONG


def test_work_on_lines_that_are_withdrawn_keeps_its_points():
    task, me = make_task(make_workflow(policy={"minimum": 1, "maximum": 1})), make_volunteer()
    post_answer(task, "Turku", me, now=None)
    before = amounts(me)

    Task.objects.filter(pk=task.pk).update(state=TaskState.WITHDRAWN, settled_at=timezone.now())
    Answer.objects.update(credited_at=None)
    repair_credits()

    assert (before, amounts(me)) == (Earned(3, 1, 1), Earned(3, 1, 1))


def test_points_are_told_for_each_answer():
    workflow, me = make_workflow(policy={"minimum": 1, "maximum": 1}), make_volunteer()
    settled, open_ = make_task(workflow), make_task(make_workflow(workflow.project))
    for task in (settled, open_):
        post_answer(task, "Turku", me)
    answers = {a.task_id: a.pk for a in Answer.objects.all()}

    assert points_of([workflow.project_id], answers.values()) == {answers[settled.pk]: 3, answers[open_.pk]: 1}
    assert points_of([], []) == {}


def test_whoever_has_earned_nothing_has_nothing():
    assert earned_by_project(Volunteer.objects.anonymous().pk) == {0: Earned()}
