"""A workflow is fitted anew: through answers as they come in, then the job, then what holds, points and reasons."""

from datetime import timedelta

import pytest

from tasks.enums import TaskState
from tasks.models import Fit, Skill
from tasks.refitting import refit
from tests.factories import NOON, make_task, make_volunteer, make_workflow, post_answer

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)
YES, NO = {"matches": True}, {"matches": False}
POLICY = {"minimum": 2, "maximum": 4, "confidence": 0.9}
KINDS = {"verify": (YES, NO), "transcribe": ({"text": "Oulu"}, {"text": "Kemi"})}


def make_people(number):
    return [make_volunteer() for _ in range(number)]


def play(workflow, people, values):
    """Let these people, in this order, say these values of a new task."""
    task = make_task(workflow)
    for person, value in zip(people, values, strict=True):
        post_answer(task, value, person)
    return task


def state_of(task):
    task.refresh_from_db()
    return TaskState(task.state).name


@pytest.fixture(params=KINDS)
def crowd(request):
    """Four good readers, a careless one, and a workflow in which they have read twelve lines together."""
    workflow = make_workflow(kind=request.param, policy={"minimum": 5, "maximum": 5, "confidence": 0.5})
    right, wrong = KINDS[request.param]
    people = make_people(5)
    for turn in range(12):
        play(workflow, people, [right, right, right, right, wrong] if turn % 2 else [right] * 4 + [wrong])
    return workflow, people, right, wrong


def test_a_fit_learns_who_is_right(crowd):
    workflow, people, _right, _wrong = crowd

    refit(workflow, now=LATER)

    counts = {skill.volunteer_id: (round(skill.right), round(skill.wrong)) for skill in Skill.objects.all()}
    assert counts == {person.pk: (12, 0) for person in people[:4]} | {people[4].pk: (0, 12)}
    fit = Fit.objects.get()
    assert fit.fitted_at == LATER
    assert fit.claimed_until is None
