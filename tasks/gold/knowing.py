"""Lines whose answer is known: archivists say so, and the sweeper of what the crowd has long been very sure of.

What an archivist knows teaches whoever reads it otherwise, and settles a line that volunteers would else be asked. What
the crowd is sure of only measures. A known line is asked among the others, see ``checking``.
"""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Volunteer

from ..consensus import UNREADABLE
from ..enums import DecidedBy, GoldSource, TaskState
from ..errors import NotReviewable, OwnReading
from ..kinds import KINDS, Value
from ..leasing.walking import RING
from ..models import Decision, Gold, Task
from ..settling.cases import REVIEWABLE, Case, has_answered, keep_from_answering, locked
from ..settling.deciding import hash_of
from ..settling.telling import tell_of_review
from ..settling.weighing import counted_votes, question_of, weigh

METHOD = "known"
# What an archivist knows is taken for: nobody is trusted beyond 99 %. A convention, not measured.
CONFIDENCE = 0.99
MARKABLE = (TaskState.OPEN, *REVIEWABLE)


@dataclass(frozen=True, slots=True)
class Marked:
    """``settled``: it was not decided so before, now it is."""

    gold: Gold
    settled: bool


def mark(archivist: Volunteer, task: int, value: object, *, now: datetime | None = None) -> Marked:
    """Say what a line says, and ask it as a known one from now on. One that is open is settled by it.

    Raises ``MalformedValue``, ``OwnReading`` and ``NotReviewable``.
    """
    now = now or timezone.now()
    with transaction.atomic():
        case = take_in_hand(archivist, task, now)
        kind = KINDS[case.question.kind]
        clean = kind.clean(value)
        vote = kind.vote(clean, case.question.schema)
        settles = case.held is None or case.held.vote != vote
        if settles:
            settle(case, clean, vote)
        gold = put(case, clean, vote)
        details = {"project": case.task.project_id, "task": task, "settled": settles}
        audit.record(case.task.project.organisation, archivist, "line.known", **details)
    return Marked(gold, settles)


def use(archivist: Volunteer, task: int, *, now: datetime | None = None) -> Marked:
    """Ask a settled line as a known one, with the value that was decided. Raises as ``mark`` does."""
    decision = Decision.objects.filter(pk__in=Task.objects.filter(pk=task).values("decision")).first()
    if decision is None or not decision.vote:
        raise NotReviewable(_("Nothing is decided about this line now: say what it says instead."))
    return mark(archivist, task, decision.value, now=now)


def retire(archivist: Volunteer, gold: Gold) -> bool:
    """Ask the line no more as a known one; what was decided about it stays. False when it was retired already."""
    with transaction.atomic():
        if not Gold.objects.filter(pk=gold.pk, active=True).update(active=False):
            return False
        details = {"project": gold.project_id, "task": gold.pk}
        audit.record(gold.project.organisation, archivist, "line.known_no_more", **details)
    return True


def take_in_hand(archivist: Volunteer, task: int, now: datetime) -> Case:
    """Lock the task and see that this archivist may say what it says. Call it inside the transaction."""
    keep_from_answering(archivist, task, now)
    found = locked(task)
    if found.state not in MARKABLE or found.page.withheld_at is not None:
        raise NotReviewable(
            _("This line cannot be used: it was withdrawn, or volunteers choose between readings of it.")
        )
    if found.parent_id is not None:
        raise NotReviewable(_("Volunteers choose here between readings of a line. Say what the line itself says."))
    if has_answered(archivist, found):
        raise OwnReading(_("You have read this line yourself as a volunteer: a colleague must say what it says."))
    question = question_of(found)
    held = Decision.objects.filter(pk=found.decision).first() if found.decision else None
    return Case(found, question, counted_votes(question), held, archivist, now)


def settle(case: Case, value: Value, vote: str) -> None:
    verdict = weigh(case.question, case.votes)
    parameters = {"confidence": CONFIDENCE}
    decision = case.record(
        state=TaskState.UNREADABLE if vote == UNREADABLE else TaskState.AGREED,
        value=value,
        vote=vote,
        agreement=sum(each.vote == vote for each in case.votes) / max(len(case.votes), 1),
        confidence=CONFIDENCE,
        decided_by=DecidedBy.GOLD,
        method=METHOD,
        parameters=parameters,
        parameters_hash=hash_of(parameters),
        evidence=[[answer, weight] for answer, weight in verdict.weights] if verdict else [],
    )
    before = case.settlement
    case.put(decision, state=decision.state, settled_at=case.now)
    tell_of_review(case.task.pk, case.task.project_id, before, case.settlement_by(decision), case.now)


def put(case: Case, value: Value, vote: str) -> Gold:
    said: dict[str, Any] = {
        "project_id": case.task.project_id,
        "workflow_id": case.task.workflow_id,
        "value": value,
        "vote": vote,
        "source": GoldSource.ARCHIVIST,
        "draw": random.randrange(RING),
        "active": True,
        "created_at": case.now,
    }
    gold, _made = Gold.objects.update_or_create(task_id=case.task.pk, defaults=said)
    return gold
