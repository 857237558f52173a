"""Rings: looked for among settled tasks, written beside the skills, counted as one voice, and taken away again."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts.erasing import erase
from tasks import upkeep
from tasks.consensus import said
from tasks.enums import TaskState
from tasks.models import Answer, Decision, Skill, Task
from tasks.playing.undoing import question_of
from tasks.settling.weighing import counted_votes, weigh
from tasks.trust.colluding import tie_colluders, workflows_to_look_at
from tests.factories import NOON, make_page, make_task, make_volunteer, make_workflow, post_answer

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def workflow():
    return make_workflow()


@pytest.fixture
def people():
    return [make_volunteer() for _ in range(8)]


def settle(workflow, page, readings):
    """Make a task that agreed upon “Oulu”; ``readings`` are (volunteer, text)."""
    task = make_task(workflow, page=page)
    Answer.objects.bulk_create(
        Answer(
            project=task.project,
            task=task,
            subject=task.subject,
            version=task.version,
            volunteer=volunteer,
            key=uuid4(),
            body_hash=b"",
            value={"text": text},
            vote=said(text),
            counted=True,
            created_at=NOON,
        )
        for volunteer, text in readings
    )
    decision = Decision.objects.create(
        project=task.project,
        task=task,
        number=1,
        state=TaskState.AGREED,
        vote=said("Oulu"),
        agreement=1,
        confidence=1,
        answers=len(readings),
        created_at=NOON,
    )
    Task.objects.filter(pk=task.pk).update(state=TaskState.AGREED, settled_at=NOON, decision=decision.pk)


@pytest.fixture
def ring(workflow, people):
    """The first two of the people give the same wrong answers; all others are right, but for slips of their own."""
    page = make_page(workflow.project)
    for number in range(40):
        readings = [
            (person, f"wrong {number}" if person in people[:2] else f"slip {person.pk}" if number == place else "Oulu")
            for place, person in enumerate(people)
        ]
        settle(workflow, page, readings)
    return people[:2]


def rings():
    return {skill.volunteer for skill in Skill.objects.exclude(ring=None)}


def test_a_ring_is_one_group_from_then_on_and_weighs_less_than_two_strangers(workflow, ring):
    task = make_task(workflow)
    for volunteer in ring:
        post_answer(task, "Kemi", volunteer)
    before = weigh(question_of(task), counted_votes(question_of(task)))

    assert tie_colluders(workflow) == 2

    votes = counted_votes(question_of(task))
    after = weigh(question_of(task), votes)
    assert rings() == set(ring)
    assert [vote.group for vote in votes] == [Skill.objects.first().ring] * 2
    assert after.confidence < before.confidence
    assert tie_colluders(workflow) == 2  # a second time changes nothing


def test_a_ring_goes_when_the_evidence_goes(workflow, ring):
    tie_colluders(workflow)
    Answer.objects.filter(volunteer=ring[1]).update(vote=said("Oulu"))

    assert tie_colluders(workflow) == 0
    assert rings() == set()


def test_whoever_is_forgotten_is_in_no_ring_and_not_looked_for(workflow, ring):
    tie_colluders(workflow)

    erase(ring[1])
    assert rings() == {ring[0]}
    assert tie_colluders(workflow) == 0

    assert rings() == set()


def test_the_chore_looks_at_projects_with_new_decisions_and_again_if_the_queue_was_down(workflow, ring, monkeypatch):
    hinted = []
    monkeypatch.setattr(upkeep, "hint", lambda job, *ids: hinted.append(ids) or len(hinted) > 1)
    make_workflow()  # of another project, where nothing was decided

    assert [upkeep.seek_colluders() for _ in range(3)] == [0, 1, 0]
    assert hinted == [(workflow.pk,)] * 2
    assert workflows_to_look_at(LATER)[0] == []
