"""A settled task on a reviewer's table: who may judge it, what is known of it, what is written down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Volunteer

from ..enums import DecidedBy, TaskState
from ..errors import DecidedMeanwhile, NotReviewable, OwnReading
from ..leasing.leases import free_seats, hash_of, new_token
from ..models import Answer, Decision, Gold, Lease, Task
from ..signals import Settlement
from .deciding import settlement_of
from .weighing import Question, Vote, counted_votes, question_of

METHOD_VERSION = "1"
REVIEWABLE = (TaskState.AGREED, TaskState.DISPUTED, TaskState.UNREADABLE)
FOR_EVER = timedelta(days=36_500)
SAID_ANEW = {"id", "number", "created_at"}  # what a restored decision does not take over


@dataclass(frozen=True, slots=True)
class Case:
    """The task with its row locked, its counted answers and the decision that holds, if there has been one."""

    task: Task
    question: Question
    votes: Sequence[Vote]
    held: Decision | None
    reviewer: Volunteer
    now: datetime

    @property
    def settlement(self) -> Settlement | None:
        """The settlement that holds, None while volunteers are asked."""
        return self.settlement_by(self.held) if self.held and self.held.state != TaskState.OPEN else None

    def settlement_by(self, decision: Decision) -> Settlement:
        return settlement_of(self.question, self.votes, decision.pk, TaskState(decision.state), decision.vote)

    def record(self, **fields: Any) -> Decision:
        """Append a decision of the reviewer's; without further fields it says nothing about a value."""
        of_reviewer = {
            "agreement": 0,
            "confidence": 0,
            "answers": len(self.votes),
            "decided_by": DecidedBy.REVIEWER,
            "reviewer_id": self.reviewer.pk,
            "method_version": METHOD_VERSION,
            "parameters_hash": "",
        }
        return self.append(of_reviewer | fields)

    def restore(self, before: Decision) -> Decision:
        """Append a decision that says what an earlier one said, by whom and from what."""
        said = {field.attname: getattr(before, field.attname) for field in Decision._meta.concrete_fields}
        kept = {name: value for name, value in said.items() if name not in SAID_ANEW}
        return self.append(kept | {"restores": before.pk})

    def append(self, fields: dict[str, Any]) -> Decision:
        latest = Decision.objects.filter(task=self.task.pk).order_by("number").last()
        number = latest.number + 1 if latest else 1
        own = {"project_id": self.task.project_id, "task_id": self.task.pk, "number": number}
        return Decision.objects.create(**fields | own | {"created_at": self.now})

    def put(self, decision: Decision, **state: Any) -> None:
        """Let the decision hold. What was known of the line otherwise is known no more."""
        Task.objects.filter(pk=self.task.pk).update(decision=decision.pk, **state)
        Gold.objects.filter(task=self.task.pk, active=True).exclude(vote=decision.vote).update(active=False)

    def write_down(self, what: str, decision: Decision, **more: Any) -> None:
        details = {"project": self.task.project_id, "task": self.task.pk, "decision": decision.pk}
        audit.record(
            self.task.project.organisation,
            self.reviewer,
            what,
            **details,
            instead_of=self.held and self.held.pk,
            **more,
        )


def take_up(reviewer: Volunteer, task: int, seen: int, now: datetime) -> Case:
    """Lock the task and see that this reviewer may judge it as it is. Call it inside the transaction.

    Raises ``OwnReading``, ``DecidedMeanwhile`` and ``NotReviewable``.
    """
    keep_from_answering(reviewer, task, now)
    found = locked(task)
    if found.decision != seen:
        raise DecidedMeanwhile(_("Someone was faster: this line has been decided meanwhile. Below is what holds now."))
    if found.state not in REVIEWABLE:
        raise NotReviewable(_("This line cannot be settled now: volunteers are asked again, or it was withdrawn."))
    if has_answered(reviewer, found):
        raise OwnReading(_("You have read this line yourself: someone else must settle this."))
    return case_of(found, Decision.objects.get(pk=seen), reviewer, now)


def locked(task: int) -> Task:
    rows = Task.objects.select_for_update(of=("self",)).select_related(
        "version", "project__organisation", "workflow", "page"
    )
    return rows.get(pk=task)


def case_of(task: Task, held: Decision, reviewer: Volunteer, now: datetime) -> Case:
    question = question_of(task)
    return Case(task, question, counted_votes(question), held, reviewer, now)


def has_answered(reviewer: Volunteer, task: Task) -> bool:
    """Whether the reviewer ever answered this subject, by this task or by another, taken back or not."""
    return any(answers.exists() for answers in answers_by(reviewer, task.project_id, task.subject))


def answers_by(reviewer: Volunteer, project: Any, subject: Any) -> Iterator[QuerySet[Answer]]:
    """Yield the reviewer's answers to a subject in two parts, each of which has an index: without it, everything that
    somebody has answered would be looked through."""
    mine = Answer.objects.filter(volunteer=reviewer, subject=subject)
    yield mine.filter(project=project, reopened=False)
    yield mine.filter(project=project, reopened=True)


def keep_from_answering(reviewer: Volunteer, task: int, now: datetime) -> None:
    """Who judges a subject is never asked about it, neither now nor when it is opened again: the others' readings lay
    before them. Leases are locked before the task, as by an answer that comes in."""
    project, subject = Task.objects.values_list("project", "subject").get(pk=task)
    mine = Lease.objects.filter(volunteer=reviewer, subject=subject)
    free_seats(mine.live())
    mine.filter(used_at=None).update(used_at=now)  # a lease without its seat would still be honoured
    if not mine.filter(skipped=True, expires_at__gt=now + FOR_EVER / 2).exists():
        Lease.objects.create(
            project_id=project,
            task_id=task,
            subject=subject,
            volunteer=reviewer,
            token_hash=hash_of(new_token()),
            seat=False,
            skipped=True,
            created_at=now,
            expires_at=now + FOR_EVER,
            used_at=now,
        )
