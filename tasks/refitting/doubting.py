"""A fit has changed its mind about a decided task: nothing changes silently, a reviewer looks at it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts import audit

from ..consensus.crowds.crowd import Place
from ..enums import DecidedBy, TaskState
from ..models import Decision, Task, Workflow
from ..settling.cases import locked
from ..settling.deciding import settlement_of
from ..settling.telling import tell_of_review
from ..settling.weighing import counted_votes, question_of, weigh
from .believing import Rival
from .claiming import Claim
from .holding import DECIDED, KNOWN_BY

MOST_WAITING = 100  # lines of a question: one known line that is wrong, or one ring, may cast doubt on thousands
METHOD, METHOD_VERSION = "refit", "2"  # 2: the blend sees how much tasks differ in difficulty
REASON = "More is known about its readers since it was settled, and now another reading is more probable."


@dataclass(frozen=True, slots=True)
class Changed:
    """A decided task that a reviewer has to look at: votes of what ``held`` and of what is ``likelier``."""

    task: int
    held: str
    likelier: str
    confidence: float


def raise_doubts(
    workflow: Workflow, rivals: Iterable[tuple[int, Rival]], rank: Place, claim: Claim | None, now: datetime
) -> tuple[tuple[Changed, ...], tuple[Changed, ...]]:
    """Send the likeliest mistakes to the reviewers, no more than there is room for; return these and the others, which
    hold until a later fit, by ascending task. Without a claim only tell."""
    room = room_for_doubts(workflow)
    sent, waiting = list[Changed](), list[Changed]()
    for task, rival in sorted(rivals, key=lambda pair: (-round(pair[1].confidence, 6), rank[pair[1].place])):
        changed = Changed(task, rival.holds, rival.likelier, round(rival.confidence, 6))
        if len(sent) >= room:
            waiting.append(changed)
        elif claim is None or send_to_review(task, rival, claim, now):
            sent.append(changed)
    return in_order(sent), in_order(waiting)


def in_order(changed: list[Changed]) -> tuple[Changed, ...]:
    return tuple(sorted(changed, key=attrgetter("task")))


def room_for_doubts(workflow: Workflow) -> int:
    """How many more doubted lines may lie before the reviewers."""
    doubts = Decision.objects.filter(pk=F("task__decision"), task__workflow=workflow, method=METHOD)
    return max(MOST_WAITING - doubts.filter(task__state=TaskState.DISPUTED).count(), 0)


@transaction.atomic
def send_to_review(task: int, rival: Rival, claim: Claim, now: datetime) -> bool:
    """Dispute a task that is as the fit saw it; False when somebody decided meanwhile, or may still take it back."""
    claim.hold()
    found = locked(task)
    held = Decision.objects.get(pk=rival.decision)
    if not stands(found, held, now):
        return False
    decision = dispute(found, held, rival, now)
    Task.objects.filter(pk=task).update(state=TaskState.DISPUTED, settled_at=now, decision=decision.pk)
    tell(found, held, decision, now)
    details = {"project": found.project_id, "task": task, "decision": decision.pk, "instead_of": held.pk}
    audit.record(found.project.organisation, None, "task.doubted", **details)
    return True


def stands(task: Task, held: Decision, now: datetime) -> bool:
    untouched = task.decision == held.pk and task.state in DECIDED and held.decided_by not in KNOWN_BY
    return untouched and task.settled_at is not None and task.settled_at < now - settings.UNDO_WINDOW


def dispute(task: Task, held: Decision, rival: Rival, now: datetime) -> Decision:
    question = question_of(task)
    votes = counted_votes(question)
    verdict = weigh(question, votes)
    return Decision.objects.create(
        project_id=task.project_id,
        task_id=task.pk,
        number=Decision.objects.filter(task=task.pk).latest("number").number + 1,
        state=TaskState.DISPUTED,
        agreement=sum(vote.vote == rival.likelier for vote in votes) / max(len(votes), 1),
        confidence=round(rival.confidence, 6),
        answers=len(votes),
        decided_by=DecidedBy.RULE,
        method=METHOD,
        method_version=METHOD_VERSION,
        parameters_hash="",
        evidence=[[answer, weight] for answer, weight in verdict.weights] if verdict else [],
        reason=REASON,
        created_at=now,
    )


def tell(task: Task, held: Decision, disputed: Decision, now: datetime) -> None:
    question = question_of(task)
    votes = counted_votes(question)
    before = settlement_of(question, votes, held.pk, TaskState(held.state), held.vote)
    after = settlement_of(question, votes, disputed.pk, TaskState.DISPUTED, "")
    tell_of_review(task.pk, task.project_id, before, after, now)
