"""A workflow is fitted anew: through answers as they come in, then the job, then what holds, points and reasons."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import Act
from tasks.enums import GoldSource, TaskState
from tasks.errors import BeingFitted, FitLost
from tasks.jobs import fit_workflow
from tasks.models import Answer, Decision, Fit, Gold, Skill, Task
from tasks.playing.scheduling import lease_tasks
from tasks.refitting import Changed, doubting, refit
from tasks.refitting.claiming import Claim, claim
from tasks.refitting.gathering import gather
from tasks.refitting.saying import latest_fit
from tasks.refitting.waiting import workflows_to_fit
from tasks.review.collating import text_of
from tasks.review.reviewing import settle
from tasks.review.showing import doubt_about
from tasks.showing.projects import count_progress
from tests.factories import NOON, make_page, make_task, make_volunteer, make_workflow, post_answer
from tests.review.building import make_reviewer, standing

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(minutes=5)
VALUES = {"verify": ({"matches": True}, {"matches": False}), "transcribe": ({"text": "Oulu"}, {"text": "Kemi"})}

SURE = {"verify": 0.7, "transcribe": 0.6}


class Killed(BaseException):
    """The worker is no more."""


class Crowd:
    """Four good readers and two who always say the other thing; two who agree, or two of three, settle a line."""

    def __init__(self, kind):
        self.right, self.wrong = VALUES[kind]
        self.workflow = make_workflow(kind=kind, policy={"minimum": 2, "maximum": 4, "confidence": SURE[kind]})
        self.good = [make_volunteer() for _ in range(4)]
        self.bad = [make_volunteer() for _ in range(2)]

    def read(self, *people):
        """Let people read a new line, one after the other, until it is settled."""
        task = make_task(self.workflow)
        for person in people:
            if task.seats:
                post_answer(task, self.right if person in self.good else self.wrong, person)
        return task

    def teach(self, lines=12):
        """Lines that show who is who."""
        for line in range(lines):
            self.read(self.good[line % 4], self.bad[line % 2], self.good[(line + 1) % 4])

    def deceive(self):
        """A line that was settled wrongly by two against one, while nothing was known of them."""
        return self.read(self.good[0], *self.bad)

    @property
    def wrong_vote(self):
        return Answer.objects.filter(volunteer=self.bad[0]).latest("pk").vote

    @property
    def right_vote(self):
        return Answer.objects.filter(volunteer=self.good[0]).latest("pk").vote


@pytest.fixture(params=VALUES)
def crowd(request):
    return Crowd(request.param)


def state_of(task):
    task.refresh_from_db()
    return TaskState(task.state).name


def test_a_fit_learns_who_is_right_and_with_which_record_newcomers_begin(crowd):
    crowd.teach()

    made = refit(crowd.workflow, now=LATER)

    assert (made.answers, made.records, made.changed, made.settled) == (36, 6, (), 0)
    shares = {s.volunteer_id: s.right / (s.right + s.wrong) for s in Skill.objects.all()}
    assert all((share > 0.8) == (who in {person.pk for person in crowd.good}) for who, share in shares.items())
    assert all(share < 0.3 for who, share in shares.items() if who in {person.pk for person in crowd.bad})
    fit = Fit.objects.get()
    assert (fit.claimed_until, fit.fitted_at, fit.fitted_to) == (None, LATER, Answer.objects.latest("pk").pk)
    assert 0.5 < fit.prior_right / (fit.prior_right + fit.prior_wrong) < 0.8


def test_an_open_line_settles_once_its_readers_are_known(crowd):
    line = crowd.read(crowd.good[0], crowd.bad[0])
    assert state_of(line) == "OPEN"
    crowd.teach()

    made = refit(crowd.workflow, now=LATER)

    assert (made.settled, state_of(line)) == (1, "AGREED")
    assert Decision.objects.get(pk=line.decision).vote == crowd.right_vote
    assert standing(line) == [{"took_part", "agreed"}, {"took_part", "differed"}]


def test_a_settled_line_that_is_doubted_goes_to_review_with_a_reason_and_without_its_points(crowd):
    line = crowd.deceive()
    held = line.decision
    assert standing(line) == [{"took_part", "differed"}, {"took_part", "agreed"}, {"took_part", "agreed"}]
    crowd.teach()

    made = refit(crowd.workflow, now=LATER)

    [changed] = made.changed
    assert changed == Changed(line.pk, crowd.wrong_vote, crowd.right_vote, changed.confidence)
    assert state_of(line) == "DISPUTED"
    decision = Decision.objects.get(pk=line.decision)
    assert (decision.method, decision.value, decision.confidence) == ("refit", None, changed.confidence)
    assert "more probable" in decision.reason
    told = doubt_about(line)
    assert told.startswith(f"This line was settled as “{text_of(crowd.wrong)}”.")
    assert f"for right with {round(100 * changed.confidence)} %" in told
    assert standing(line) == [{"took_part"}] * 3
    act = Act.objects.get(what="task.doubted")
    assert act.details == {
        "project": line.project_id,
        "task": line.pk,
        "decision": line.decision,
        "instead_of": held,
    }


def test_only_so_many_doubts_lie_before_reviewers_at_once_the_likeliest_mistakes_first(monkeypatch):
    monkeypatch.setattr(doubting, "MOST_WAITING", 2)
    crowd = Crowd("verify")
    unopposed = [crowd.read(*crowd.bad).pk for _ in range(3)]
    opposed = [crowd.deceive().pk for _ in range(2)]
    crowd.teach()

    told = refit(crowd.workflow, write=False, now=LATER)
    made = refit(crowd.workflow, now=LATER)

    assert made == told
    assert [[one.task for one in found] for found in (made.changed, made.waiting)] == [opposed, unopposed]
    assert set(Task.objects.filter(pk__in=unopposed).values_list("state", flat=True)) == {TaskState.AGREED}
    assert latest_fit(crowd.workflow.project)["waiting"].startswith("3 more settled lines are in doubt")
    again = refit(crowd.workflow, from_scratch=True, now=LATER)
    assert (again.changed, len(again.waiting)) == ((), 3)

    line = Task.objects.get(pk=opposed[0])
    settle(make_reviewer(line.project), line.pk, crowd.right, seen=line.decision, now=LATER)

    then = refit(crowd.workflow, now=LATER)
    assert (len(then.changed), len(then.waiting)) == (1, 2)
    assert Task.objects.filter(state=TaskState.DISPUTED).count() == 2


def test_a_typed_number_or_word_of_json_is_a_text_like_any_other():
    workflow, readers = make_workflow(policy={"minimum": 2, "maximum": 4}), [make_volunteer(), make_volunteer()]
    typed = ['"Oulu"', "1889", "Oulu", "null", "true"]
    for text in typed:
        task = make_task(workflow)
        for reader in readers:
            post_answer(task, {"text": text}, reader)

    assert gather(workflow).texts == typed
    assert refit(workflow, now=LATER).answers == 10


def test_what_a_reviewer_confirms_is_never_doubted_again(crowd):
    line = crowd.deceive()
    crowd.teach()
    refit(crowd.workflow, now=LATER)
    line.refresh_from_db()
    settle(make_reviewer(line.project), line.pk, crowd.wrong, seen=line.decision, now=LATER)

    crowd.teach()
    again = refit(crowd.workflow, from_scratch=True, now=LATER)

    assert (again.changed, state_of(line)) == ((), "AGREED")


def test_what_was_settled_within_the_last_minute_can_still_be_undone_and_is_left_alone(crowd):
    crowd.teach()
    line = crowd.deceive()

    assert (refit(crowd.workflow, now=NOON).changed, state_of(line)) == ((), "AGREED")


def test_a_dry_fit_tells_what_a_real_one_does_and_writes_nothing(crowd):
    crowd.deceive(), crowd.read(crowd.good[0], crowd.bad[0]), crowd.teach()
    before = list(Task.objects.values()), Decision.objects.count()

    told = refit(crowd.workflow, write=False, now=LATER)

    assert (list(Task.objects.values()), Decision.objects.count(), Skill.objects.count()) == (*before, 0)
    assert told == refit(crowd.workflow, now=LATER)
    assert (len(told.changed), told.settled) == (1, 1)


def test_a_fit_that_is_killed_at_any_step_is_finished_by_the_next(crowd, monkeypatch):
    line, doubtful = crowd.deceive(), crowd.read(crowd.good[0], crowd.bad[0])
    crowd.teach()
    told = refit(crowd.workflow, write=False, now=LATER)
    hold, steps, killed = Claim.hold, iter(range(100)), 0
    for limit in range(100):
        steps = iter(range(limit))

        def hold_or_die(self, steps=steps, **found):
            if next(steps, None) is None:
                raise Killed
            hold(self, **found)

        monkeypatch.setattr(Claim, "hold", hold_or_die)
        try:
            refit(crowd.workflow, now=LATER)
        except Killed:
            killed += 1
            assert Fit.objects.get().fitted_to == 0
            assert list(workflows_to_fit(timezone.now())) == []  # nobody takes it before its claim is over
            Fit.objects.update(claimed_until=NOON)
        else:
            break

    assert killed >= 4
    assert Fit.objects.get().fitted_to == Answer.objects.latest("pk").pk
    assert (state_of(line), state_of(doubtful)) == ("DISPUTED", "AGREED")
    assert Decision.objects.filter(method="refit").count() == len(told.changed) == 1
    assert refit(crowd.workflow, from_scratch=True, write=False, now=LATER) == replace(
        told, changed=(), settled=0, records=0
    )


def test_one_worker_at_a_time_fits_and_a_late_one_writes_nothing(crowd):
    crowd.teach()
    first = claim(crowd.workflow.pk)

    with pytest.raises(BeingFitted):
        refit(crowd.workflow)
    fit_workflow(crowd.workflow.pk)
    assert not Skill.objects.exists()

    refit(crowd.workflow, from_scratch=True, now=LATER)
    with pytest.raises(FitLost):
        first.hold(slope=9)
    assert Fit.objects.get().slope == 1


def test_known_lines_teach_and_show_how_far_a_confidence_holds(crowd):
    """Two who always agree on what is wrong are found out by what an archivist knows."""
    lines = [crowd.read(*crowd.bad) for _ in range(20)]
    known = dict(zip(("value", "vote"), (crowd.right, crowd.read(crowd.good[0]) and crowd.right_vote), strict=True))
    for line in lines[:12]:
        Gold.objects.create(
            task=line,
            project=line.project,
            workflow=crowd.workflow,
            source=GoldSource.ARCHIVIST,
            draw=line.pk,
            created_at=NOON,
            **known,
        )

    made = refit(crowd.workflow, now=LATER)

    fit, skill = Fit.objects.get(), Skill.objects.get(volunteer=crowd.bad[0])
    assert (made.known, fit.findings["known"]) == (12, 12)
    assert skill.wrong > 12
    settled = crowd.read(*crowd.good)
    learned = {name: getattr(fit, name) for name in ("prior_right", "prior_wrong", "slope", "intercept")}
    assert learned.items() <= Decision.objects.get(pk=settled.decision).parameters.items()
    assert (fit.slope, fit.intercept) != (1, 0)


def test_what_somebody_has_shown_elsewhere_goes_before_them():
    known_for = make_workflow(kind="verify")
    workflow = make_workflow(kind="verify", policy={"minimum": 2, "maximum": 2})
    person, other = make_volunteer(), make_volunteer()
    Skill.objects.create(volunteer=person, workflow=known_for, right=90, wrong=10)
    Skill.objects.create(volunteer=other, workflow=make_workflow(kind="transcribe"), right=90, wrong=10)
    make_task(workflow, page=make_page(workflow.project))

    for who in (person, other):
        lease_tasks(who.pk, workflow.project.slug, 1, newcomer=True, now=NOON)

    mine = Skill.objects.filter(workflow=workflow)
    assert list(mine.values_list("volunteer", "prior_right", "prior_wrong")) == [(person.pk, 26, 4)]


def test_a_workflow_waits_for_a_fit_when_enough_is_new():
    crowd = Crowd("verify")

    def waiting(now):
        count_progress(crowd.workflow.project_id)
        return list(workflows_to_fit(now))

    crowd.teach(4)
    assert waiting(LATER) == []
    crowd.teach(4)
    assert waiting(LATER) == [crowd.workflow.pk]
    refit(crowd.workflow, now=LATER)
    assert waiting(LATER + timedelta(days=9)) == []
    crowd.teach(1)
    assert waiting(LATER + timedelta(minutes=1)) == []
    assert waiting(LATER + timedelta(minutes=11)) == [crowd.workflow.pk]
    crowd.teach(30)
    assert waiting(LATER + timedelta(minutes=1)) == [crowd.workflow.pk]


class TestAnyAnswers(TestCase):
    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), st.booleans()), max_size=16))
    @effort(max_examples=10, deadline=None)
    def test_a_second_fit_changes_nothing(self, given_answers):
        workflow = make_workflow(kind="verify", policy={"minimum": 2, "maximum": 4, "confidence": 0.7})
        tasks, people = [make_task(workflow) for _ in range(4)], [make_volunteer() for _ in range(5)]
        for task, person in dict.fromkeys((task, person) for task, person, _says in given_answers):
            says = next(says for t, p, says in given_answers if (t, p) == (task, person))
            tasks[task].refresh_from_db()
            if tasks[task].state == TaskState.OPEN and tasks[task].seats:
                post_answer(tasks[task], {"matches": says}, people[person])
        refit(workflow, now=LATER)

        again = refit(workflow, from_scratch=True, now=LATER)

        assert (again.changed, again.settled, again.records) == ((), 0, 0)
