"""What has become of answers since they were given."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from .enums import UNSETTLED, Purpose, Status, TaskState
from .models import Answer, Decision, Task


def outcomes_of(volunteer: int, keys: Collection[UUID]) -> list[dict[str, Any]]:
    """Return a result of the API for each standing answer of the volunteer under one of the keys, oldest first.

    Others are told only where the task is settled, as in the first reply, so that nobody is led. Three queries.
    """
    answers = list(Answer.objects.filter(volunteer=volunteer, key__in=keys, withdrawn_at=None).order_by("pk"))
    tasks = Task.objects.in_bulk([answer.task_id for answer in answers])
    decisions = Decision.objects.in_bulk([task.decision for task in tasks.values() if task.decision])
    return [outcome_of(answer, tasks[answer.task_id], decisions) for answer in answers]


def outcome_of(answer: Answer, task: Task, decisions: dict[int, Decision]) -> dict[str, Any]:
    settled = task.state not in UNSETTLED
    counted = answer.counted or answer.purpose == Purpose.CHECK
    outcome = {
        "key": str(answer.key),
        "status": (Status.COUNTED if counted else Status.LATE).value,
        "points": answer.result.get("points", 0),
        "pending": counted and not settled,
    }
    if settled:
        outcome["feedback"] = {"settled": TaskState(task.state).name.lower()}
        decision = decisions.get(task.decision or 0)
        if decision and decision.vote:
            outcome["feedback"]["agrees"] = answer.vote == decision.vote
    return outcome
