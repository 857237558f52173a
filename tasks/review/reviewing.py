"""A reviewer decides what the consensus could not, or asks again, or takes that back.

Each act is a new decision, in one transaction with the task's state, the points that follow and the line in the audit
trail. The task must still be as the reviewer saw it: of two reviewers the second is told.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Volunteer

from ..consensus import MOST_ANSWERS, UNREADABLE
from ..enums import ProjectState, TaskState, Urgency
from ..errors import DecidedMeanwhile, NotReviewable, TooLateToUndo
from ..kinds import KINDS, Value
from ..models import Decision, Task
from ..settling.cases import Case, case_of, locked, take_up
from ..settling.deciding import hash_of
from ..settling.telling import tell_of_review
from ..settling.weighing import weigh

SETTLED, REOPENED = "reviewer", "reopened"  # methods
# What a reviewer's decision is taken for: nobody is trusted beyond 99 %. A convention, not measured.
CONFIDENCE = 0.99
UNDO_WINDOW = timedelta(hours=1)  # of a reviewer: an hour of work; what is older is decided anew


def settle(
    reviewer: Volunteer, task: int, value: object, *, seen: int, note: str = "", now: datetime | None = None
) -> Decision:
    """Let a reviewer decide a settled task, disputed or not; ``seen`` is the decision that they saw to hold.

    Raises ``MalformedValue``, ``OwnReading``, ``DecidedMeanwhile`` and ``NotReviewable``.
    """
    with transaction.atomic():
        case = take_up(reviewer, task, seen, now or timezone.now())
        decision = decide(case, KINDS[case.question.kind].clean(value), note)
        case.put(decision, state=decision.state, settled_at=case.now)
        tell_of_review(task, case.task.project_id, case.settlement, case.settlement_by(decision), case.now)
        case.write_down("task.settled", decision)
    return decision


def reopen(
    reviewer: Volunteer, task: int, more: int, *, seen: int, note: str = "", now: datetime | None = None
) -> Decision:
    """Ask ``more`` other volunteers; the answers given stay and count.

    Raises ``OwnReading``, ``DecidedMeanwhile`` and ``NotReviewable``.
    """
    with transaction.atomic():
        case = take_up(reviewer, task, seen, now or timezone.now())
        refuse_if_nobody_can_be_asked(case.task, more)
        decision = case.record(state=TaskState.OPEN, method=REOPENED, reason=note)
        wanted = case.task.answered + case.task.leased + more
        case.put(
            decision,
            state=TaskState.OPEN,
            settled_at=None,
            wanted=F("answered") + F("leased") + more,
            maximum=max(case.task.maximum, wanted),
            urgency=Urgency.DOUBTFUL,
        )
        tell_of_review(task, case.task.project_id, case.settlement, None, case.now)
        case.write_down("task.reopened", decision, more=more)
    return decision


def undo(reviewer: Volunteer, decision: Decision, *, now: datetime | None = None) -> Decision:
    """Take an act of one's own back: what held before it holds again, as a new decision.

    Raises ``TooLateToUndo`` and ``DecidedMeanwhile``.
    """
    now = now or timezone.now()
    if now - decision.created_at > UNDO_WINDOW:
        raise TooLateToUndo(_("This was done too long ago to be undone. Open the line and decide it anew."))
    with transaction.atomic():
        task = locked(decision.task_id)
        refuse_if_overtaken(task, decision)
        case = case_of(task, decision, reviewer, now)
        before = Decision.objects.filter(task=task.pk, number__lt=decision.number).latest("number")
        again = case.restore(before)
        case.put(again, state=before.state, settled_at=now)
        tell_of_review(task.pk, task.project_id, case.settlement, case.settlement_by(again), now)
        case.write_down("task.restored", again)
    return again


def refuse_if_overtaken(task: Task, decision: Decision) -> None:
    if (task.decision, task.state) != (decision.pk, decision.state):
        raise DecidedMeanwhile(_("Something else has been decided about this line since. Below is what holds now."))
    if decision.state == TaskState.OPEN and task.answered > decision.answers:
        raise DecidedMeanwhile(_("A volunteer has answered since, so the line stays open for them."))


def refuse_if_nobody_can_be_asked(task: Task, more: int) -> None:
    if task.project.state != ProjectState.OPEN or not task.workflow.open:
        raise NotReviewable(_("Nobody can be asked: this question takes no answers now. Settle the line here."))
    if task.answered + more > MOST_ANSWERS:
        refusal = _("This line has %(answered)d answers and may have %(most)d: settle it here.")
        raise NotReviewable(refusal % {"answered": task.answered, "most": MOST_ANSWERS})


def decide(case: Case, value: Value, note: str) -> Decision:
    vote = KINDS[case.question.kind].vote(value, case.question.schema)
    verdict = weigh(case.question, case.votes)
    parameters = {"confidence": CONFIDENCE}
    return case.record(
        state=TaskState.UNREADABLE if vote == UNREADABLE else TaskState.AGREED,
        value=value,
        vote=vote,
        agreement=sum(each.vote == vote for each in case.votes) / max(len(case.votes), 1),
        confidence=CONFIDENCE,
        method=SETTLED,
        parameters=parameters,
        parameters_hash=hash_of(parameters),
        evidence=[[answer, weight] for answer, weight in verdict.weights] if verdict else [],
        reason=note,
    )
