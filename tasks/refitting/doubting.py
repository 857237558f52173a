"""A fit has changed its mind about a decided task: nothing changes silently, a reviewer looks at it."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts import audit

from ..cases import locked
from ..deciding import settlement_of
from ..enums import DecidedBy, TaskState
from ..models import Decision, Task
from ..telling import tell_of_review
from ..weighing import counted_votes, question_of, weigh
from .believing import Rival
from .claiming import Claim
from .holding import DECIDED, KNOWN_BY

METHOD, METHOD_VERSION = "refit", "2"  # 2: the blend sees how much tasks differ in difficulty
REASON = "More is known about its readers since it was settled, and now another reading is more probable."


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
