"""A task that waits for another one goes on when that is settled, in the same transaction, and waits again when that
is open again. Locks are taken child first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from ..consensus import Outcome, said
from ..enums import DecidedBy, TaskState, Urgency
from ..errors import TooLateToUndo
from ..kinds.choose import NONE
from ..leasing.leases import free_seats
from ..models import Answer, Decision, Lease, Task
from ..signals import Settlement
from .adjudicating import rounds_of
from .deciding import STATES, record, settlement_of
from .telling import tell_of_review
from .weighing import Question, counted_votes, outcome_of, question_of, weigh

NONE_OF_THESE = said(NONE)
BY_VOLUNTEERS = (DecidedBy.RULE, DecidedBy.ADJUDICATION)


def resume(child: Question, settled: Settlement, at: datetime) -> None:
    """Decide the parent of a child that has just been settled, or have it typed once more."""
    parent = locked(child.parent)
    if parent.state == TaskState.WAITING:
        none_is_right = winner_of(settled) == NONE_OF_THESE
        go_on(parent, at, none_is_right=none_is_right, in_vain=settled.state == TaskState.DISPUTED)


def go_on(parent: Task, at: datetime, *, none_is_right: bool = False, in_vain: bool = False) -> None:
    """Let a task that waits be decided by what was typed and chosen, or typed once more.

    ``in_vain``: those who were asked to choose could not agree, so that a reviewer will.
    """
    question = question_of(parent)
    votes = counted_votes(question)
    verdict = weigh(question, votes)
    outcome = outcome_of(question, verdict, votes)
    if none_is_right:
        outcome = outcome_of(question, None, votes)  # as if nothing had been read yet
    elif in_vain and outcome is Outcome.ONE_MORE:
        outcome = Outcome.DISPUTED
    waiting = Task.objects.filter(pk=parent.pk)
    if verdict is None or outcome not in STATES:
        wanted = parent.answered + 1
        more = {"wanted": wanted, "maximum": max(parent.maximum, wanted)}
        waiting.update(state=TaskState.OPEN, urgency=Urgency.DOUBTFUL, **more)
        return
    state = STATES[outcome]
    decision = record(question, verdict, state, len(votes), at, decided_by=DecidedBy.ADJUDICATION)()
    waiting.update(state=state, settled_at=at, decision=decision)
    now_held = settlement_of(question, votes, decision, state, verdict.vote)
    tell_of_review(parent.pk, parent.project_id, None, now_held, at)


def locked(task: Any) -> Task:
    return Task.objects.select_for_update(of=("self",)).select_related("version").get(pk=task)


def winner_of(settled: Settlement) -> str:
    return Decision.objects.values_list("vote", flat=True).get(pk=settled.decision)


def refuse_if_gone_on(child: Task) -> None:
    """An answer that settled a child may be taken back while nobody went on from there.

    Raises ``TooLateToUndo``.
    """
    parent = locked(child.parent_id)
    answered = parent.answered > child.payload["answered"]
    leased = parent.state == TaskState.OPEN and parent.leased
    if answered or leased or rounds_of(parent.payload) > child.round:
        raise gone_on()


def gone_on() -> TooLateToUndo:
    return TooLateToUndo(_("Someone has already gone on from this answer, so it can no longer be taken back."))


def wait_again(child: Task, at: datetime) -> None:
    """Let the parent wait as it did before its child was settled; what the archive did meanwhile stands."""
    parent = locked(child.parent_id)
    held = Decision.objects.filter(pk=parent.decision).first() if parent.decision else None
    if parent.state == TaskState.WITHDRAWN or (held and held.decided_by not in BY_VOLUNTEERS):
        return
    values: dict[str, Any] = {"state": TaskState.WAITING, "settled_at": None, "wanted": F("answered")}
    undone = None
    if held and parent.settled_at:
        question = question_of(parent)
        undone = settlement_of(question, counted_votes(question), held.pk, TaskState(held.state), held.vote)
        values["decision"] = note_reopening(parent, TaskState.WAITING, parent.answered, at)
    Task.objects.filter(pk=parent.pk).update(**values)
    if undone:
        tell_of_review(parent.pk, parent.project_id, undone, None, at)


def note_reopening(task: Task, state: TaskState, answered: int, now: datetime) -> int:
    latest = Decision.objects.filter(task=task.pk).latest("number")
    note = Decision.objects.create(
        project_id=task.project_id,
        task_id=task.pk,
        number=latest.number + 1,
        state=state,
        agreement=0,
        confidence=0,
        answers=answered,
        decided_by=DecidedBy.RULE,
        method="reopened",
        method_version="1",
        parameters_hash="",
        reason="an answer was taken back",
        created_at=now,
    )
    return note.pk


def built_on(children: Sequence[Task], answer: Answer) -> list[Task]:
    """Return the children that were made from an answer; one that names none was made from all of its parent's."""
    return [child for child in children if answer.pk in child.payload.get("answers", [answer.pk])]


def withdraw_children(parent: Task, children: Sequence[Task], gone: Sequence[Task], now: datetime) -> None:
    """Ask no longer between readings of which one was taken back; the others may be asked again with a new one."""
    open_ones = [child.pk for child in gone if child.state == TaskState.OPEN]
    free_seats(Lease.objects.live().filter(task__in=open_ones))
    Task.objects.filter(pk__in=open_ones).update(state=TaskState.WITHDRAWN, settled_at=now)
    kept = [child for child in children if child.pk not in open_ones and child.state != TaskState.WITHDRAWN]
    offered = sorted({choice["vote"] for child in kept for choice in child.payload["choices"]})
    Task.objects.filter(pk=parent.pk).update(payload=parent.payload | {"offered": offered})
