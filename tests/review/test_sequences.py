"""Whatever volunteers and reviewers do one after the other: points and skills are those of what holds."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.audit import first_broken
from tasks.enums import TaskState
from tasks.errors import TasksError
from tasks.models import Answer, Decision, Skill
from tasks.playing.undoing import withdraw_answer
from tasks.refitting import refit
from tasks.review.reviewing import reopen, settle, undo
from tests.factories import NOON, make_task, make_workflow, post_answer

from .building import make_reviewer, standing

TEXTS = st.sampled_from(["Helsinki", "Turku", "Oulu"])
TASK = st.integers(0, 1)
VALUES = st.one_of(
    TEXTS.map(lambda text: {"text": text}), st.sampled_from([{"blank": True}, {"unreadable": True}, {"matches": True}])
)
STEPS = st.one_of(
    st.tuples(st.just("answer"), TASK, TEXTS),
    st.tuples(st.just("answer"), TASK, TEXTS),
    st.tuples(st.just("withdraw"), st.integers(0, 2)),
    st.tuples(st.just("settle"), TASK, st.booleans(), VALUES),
    st.tuples(st.just("reopen"), TASK, st.integers(1, 3)),
    st.tuples(st.just("undo"), st.integers(0, 3)),
    st.tuples(st.just("wait")),
)


class Desk:
    """Two tasks of one question, two reviewers, a clock."""

    def __init__(self):
        workflow = make_workflow(policy={"minimum": 2, "maximum": 3, "confidence": 0.8})
        self.tasks = [make_task(workflow), make_task(workflow)]
        self.reviewers = [make_reviewer(workflow.project), make_reviewer(workflow.project)]
        self.now = NOON

    def take(self, verb, *details):
        try:
            getattr(self, verb)(*details)
        except TasksError:
            return  # refused: nothing may have changed, which the end will show
        finally:
            for task in self.tasks:
                task.refresh_from_db()

    def answer(self, index, text):
        if self.tasks[index].state == TaskState.OPEN and self.tasks[index].seats:
            post_answer(self.tasks[index], text, now=self.now)

    def withdraw(self, index):
        for found in Answer.objects.filter(withdrawn_at=None).order_by("-pk")[index : index + 1]:
            withdraw_answer(found.volunteer_id, found.key, now=self.now)

    def settle(self, index, second, value):
        task = self.tasks[index]
        settle(self.reviewers[second], task.pk, value, seen=task.decision or 0, now=self.now)

    def reopen(self, index, more):
        task = self.tasks[index]
        reopen(self.reviewers[0], task.pk, more, seen=task.decision or 0, now=self.now)

    def undo(self, index):
        acts = Decision.objects.filter(decided_by="reviewer", restores=None).order_by("-pk")
        for decision in acts[index : index + 1]:
            undo(decision.reviewer, decision, now=self.now)

    def wait(self):
        self.now += timedelta(seconds=61)


def deserved(task):
    """Work out from the answers and the decision that holds which points each answer should have."""
    settled = task.state in (TaskState.AGREED, TaskState.UNREADABLE)
    winner = task.decisions.get(pk=task.decision).vote if settled else None
    rules = []
    for vote, withdrawn_at in Answer.objects.filter(task=task).order_by("pk").values_list("vote", "withdrawn_at"):
        verdict = {"agreed" if vote == winner else "differed"} if winner else set()
        rules.append(set() if withdrawn_at else {"took_part"} | verdict)
    return rules


def learned(tasks):
    """Work out from what reviewers decided and what holds of it how often each volunteer was right and wrong."""
    records = {}
    for task in tasks:
        decision = Decision.objects.filter(pk=task.decision, decided_by="reviewer").exclude(vote="").first()
        for answer in Answer.objects.filter(task=task, withdrawn_at=None) if decision else []:
            right = answer.vote == decision.vote
            records[answer.volunteer_id] = (int(right), int(not right))
    return records


class TestSequences(TestCase):
    @given(st.lists(STEPS, max_size=20))
    @settings(max_examples=15, deadline=None)
    def test_points_and_skills_are_those_of_what_holds(self, steps):
        desk = Desk()
        for step in steps:
            desk.take(*step)
        desk.wait()
        refit(desk.tasks[0].workflow, now=desk.now)
        for task in desk.tasks:
            task.refresh_from_db()

        assert [standing(task) for task in desk.tasks] == [deserved(task) for task in desk.tasks]
        skills = {skill.volunteer_id: (skill.right, skill.wrong) for skill in Skill.objects.all()}
        records = learned(desk.tasks)
        assert {who: skills[who] for who in records} == records
        assert [task.answered for task in desk.tasks] == [
            Answer.objects.filter(task=task, counted=True, withdrawn_at=None).count() for task in desk.tasks
        ]
        assert first_broken(desk.tasks[0].project.organisation) is None
