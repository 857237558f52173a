"""An answer is taken back: within a minute, by the one who gave it.

If the reply had shown nothing of other readings, the same lease comes back to life. If it had, the seat goes to
someone else and this person stays barred from the subject.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from ..consensus import Outcome
from ..enums import Purpose, TaskState, Urgency
from ..errors import TooLateToUndo, UnknownAnswer
from ..models import Answer, Decision, Lease, Task
from ..settling.adjudicating import rounds_of
from ..settling.deciding import STATES, next_number, record, settlement_of, urgency_in_doubt
from ..settling.resuming import (
    BY_VOLUNTEERS,
    built_on,
    gone_on,
    locked,
    note_reopening,
    refuse_if_gone_on,
    resume,
    wait_again,
    withdraw_children,
)
from ..settling.telling import tell
from ..settling.weighing import Question, Vote, counted_votes, outcome_of, question_of, typed_of, weigh
from ..signals import CountedAnswer, Settlement, answer_withdrawn


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """``lease``: the same lease, alive again under its old token, with the id of its task; None when the seat is
    someone else's."""

    lease: Lease | None


def withdraw_answer(volunteer: int, key: UUID, *, now: datetime | None = None) -> Withdrawal:
    """Take an answer back. A second call changes nothing.

    Raises ``UnknownAnswer``, and ``TooLateToUndo`` after the minute or when a child task has been answered.
    """
    now = now or timezone.now()
    with transaction.atomic():
        answer = Answer.objects.select_for_update().filter(volunteer=volunteer, key=key).order_by("id").last()
        if answer is None:
            raise UnknownAnswer(_("You gave no answer under this key."))
        if answer.withdrawn_at:
            return Withdrawal(lease=None)
        if now - answer.created_at > settings.UNDO_WINDOW:
            raise TooLateToUndo(_("An answer can be taken back for a minute; this one is older."))
        children = list(Task.objects.select_for_update().filter(parent=answer.task_id).order_by("pk"))
        task = locked(answer.task_id)
        refuse_if_built_on(answer, task, children)
        if gone := built_on(children, answer):
            withdraw_children(task, children, gone, now)
        return withdraw(answer, task, now)


def refuse_if_built_on(answer: Answer, task: Task, children: list[Task]) -> None:
    """Raises ``TooLateToUndo``."""
    overtaken = rounds_of(task.payload) > len(children)  # a child came after those were locked
    if overtaken or any(child.answered for child in built_on(children, answer)):
        raise gone_on()
    if task.parent_id and task.settled_at:
        refuse_if_gone_on(task)


def withdraw(answer: Answer, task: Task, now: datetime) -> Withdrawal:
    question = question_of(task)
    votes_before = counted_votes(question)
    nothing_shown = "feedback" not in answer.result
    Answer.objects.filter(pk=answer.pk).update(withdrawn_at=now)
    votes = [vote for vote in votes_before if vote.answer != answer.pk]
    undone, settled = None, None
    if answer.counted:
        undone, settled = redecide(question, task, votes_before, votes, now, keep_seat=nothing_shown)
        if task.parent_id:
            follow(question, task, settled, now)
    check = answer.purpose == Purpose.CHECK
    lease = revive_lease(answer, now) if nothing_shown and not check else None
    if answer.counted or check:
        gone = CountedAnswer(answer.pk, answer.project_id, answer.task_id, answer.volunteer_id, answer.created_at)
        tell(answer_withdrawn, gone, undone=undone, settled=settled, at=now)
    return Withdrawal(lease)


def follow(question: Question, child: Task, settled: Settlement | None, now: datetime) -> None:
    """Carry to the parent what became of its child without the answer."""
    if child.settled_at:
        wait_again(child, now)
    if settled:
        resume(question, settled, now)


def redecide(
    question: Question, task: Task, before: Sequence[Vote], votes: Sequence[Vote], now: datetime, *, keep_seat: bool
) -> tuple[Settlement | None, Settlement | None]:
    """Recompute the decision without the answer; return the settlement that fell and the one that took its place.

    A task that a reviewer settled or withdrew keeps its state: only its count changes. What holds without the answer is
    decided anew all the same: a decision's evidence is what anyone can compute it from.
    """
    verdict = weigh(question, votes)
    outcome = outcome_of(question, verdict, votes)
    held = Decision.objects.filter(pk=task.decision).first() if task.decision else None
    undone = settlement_of(question, before, held.pk, TaskState(held.state), held.vote) if held else None
    if task.state == TaskState.WITHDRAWN or (held and held.decided_by not in BY_VOLUNTEERS):
        holding = leave_out(held, question, votes, now) if held else None
        Task.objects.filter(pk=task.pk).update(answered=F("answered") - 1, decision=holding)
        return None, None
    if verdict is None or outcome not in STATES:
        urgency = urgency_in_doubt(question, votes, verdict) if outcome is Outcome.ONE_MORE else None
        reopen(question, task, urgency, typed_of(votes), now, keep_seat=keep_seat)
        return (undone if task.settled_at else None), None
    state = STATES[outcome]
    decision = record(question, verdict, state, len(votes), now)()
    Task.objects.filter(pk=task.pk).update(answered=F("answered") - 1, state=state, settled_at=now, decision=decision)
    return undone, settlement_of(question, votes, decision, state, verdict.vote)


def leave_out(held: Decision, question: Question, votes: Sequence[Vote], now: datetime) -> int:
    """Let what a reviewer decided hold on without an answer; return the id of the decision that says so."""
    left = {vote.answer for vote in votes}
    evidence = [[answer, weight] for answer, weight in held.evidence if answer in left]
    if evidence == held.evidence:
        return held.pk
    said = {field.attname: getattr(held, field.attname) for field in Decision._meta.concrete_fields}
    said |= {"id": None, "restores": held.pk, "number": next_number(question), "created_at": now, "evidence": evidence}
    said |= {"answers": len(votes), "agreement": sum(vote.vote == held.vote for vote in votes) / max(len(votes), 1)}
    return Decision.objects.create(**said).pk


def reopen(
    question: Question, task: Task, urgency: Urgency | None, votes: Sequence[Vote], now: datetime, *, keep_seat: bool
) -> None:
    """Ask again for what the remaining answers leave open, with ``urgency`` where they leave a doubt; seats already
    leased stay, and so does the one that comes back to its last holder."""
    answered = len(votes)
    wanted = Greatest(
        max(question.policy.minimum + sum(vote.muted for vote in votes), answered + int(urgency is not None)),
        answered + F("leased") + int(keep_seat),
    )
    values: dict[str, Any] = {
        "answered": answered,
        "wanted": wanted,
        "maximum": Greatest("maximum", wanted),
        "state": TaskState.OPEN,
        "settled_at": None,
        "urgency": urgency or (Urgency.STARTED if answered else Urgency.FRESH),
    }
    if task.settled_at:
        values["decision"] = note_reopening(task, TaskState.OPEN, answered, now)
    Task.objects.filter(pk=task.pk).update(**values)


def revive_lease(answer: Answer, now: datetime) -> Lease | None:
    """Give the seat back to its last holder if it is free; the answer's unique key frees itself."""
    if not Task.objects.with_seats().filter(pk=answer.task_id).update(leased=F("leased") + 1):
        return None
    lease = Lease.objects.filter(task=answer.task_id, volunteer=answer.volunteer_id).exclude(used_at=None).latest("pk")
    Lease.objects.filter(pk=lease.pk).update(used_at=None, seat=True, expires_at=now + settings.LEASE_TIME)
    Answer.objects.filter(pk=answer.pk).update(reopened=True)
    lease.refresh_from_db()
    return lease
