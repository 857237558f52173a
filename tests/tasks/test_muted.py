"""Volunteers who fail what is known: their answers are kept, weigh next to nothing, and others are asked instead."""

import pytest

from tasks.consensus.trust import MUTED_TRUST
from tasks.enums import TaskState
from tasks.models import Answer, Skill
from tasks.playing.undoing import withdraw_answer
from tests.factories import make_task, make_volunteer, make_workflow, post_answer

pytestmark = pytest.mark.django_db


def muted(workflow):
    volunteer = make_volunteer()
    Skill.objects.create(volunteer=volunteer, workflow=workflow, trust=MUTED_TRUST)
    return volunteer


def test_a_muted_answer_gets_the_reply_that_everybody_gets():
    workflow = make_workflow()

    replies = [post_answer(make_task(workflow), "Oulu", person) for person in (make_volunteer(), muted(workflow))]

    honest, silenced = ({name: value for name, value in reply.items() if name != "key"} for reply in replies)
    assert silenced == honest == {"status": "counted", "points": 0, "pending": True}


def test_a_muted_answer_settles_nothing_and_somebody_else_is_asked():
    workflow = make_workflow()
    task = make_task(workflow)

    post_answer(task, "Oulu")
    post_answer(task, "Oulu", muted(workflow))
    assert (task.state, task.wanted, task.seats) == (TaskState.OPEN, 3, 1)

    post_answer(task, "Oulu")
    assert task.state == TaskState.AGREED


def test_spammers_do_not_drive_a_task_into_dispute():
    workflow = make_workflow(policy={"minimum": 2, "maximum": 3})
    task = make_task(workflow)

    for text in ("asdf", "qwer", "uiop", "jkl"):
        post_answer(task, text, muted(workflow))
    assert (task.state, task.answered, task.seats, task.maximum) == (TaskState.OPEN, 4, 1, 5)

    for _reader in range(2):
        post_answer(task, "Oulu")
    assert (task.state, task.decisions.get().value) == (TaskState.AGREED, {"text": "Oulu"})


def test_a_muted_answer_that_is_taken_back_leaves_the_seats_as_they_were_wanted():
    workflow = make_workflow()
    task, spammer = make_task(workflow), muted(workflow)
    post_answer(task, "Oulu")
    post_answer(task, "asdf", spammer, now=None)

    withdraw_answer(spammer.pk, Answer.objects.get(volunteer=spammer).key)

    task.refresh_from_db()
    assert (task.state, task.answered, task.wanted, task.leased) == (TaskState.OPEN, 1, 2, 1)
