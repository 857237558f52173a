"""What has become of answers since they were given."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from ..enums import UNSETTLED, Purpose, Status, TaskState
from ..models import Answer, Decision, Task
from ..signals import points_asked


def outcomes_of(volunteer: int, keys: Collection[UUID]) -> list[dict[str, Any]]:
    """Return a result of the API for each standing answer of the volunteer under one of the keys, oldest first.

    Others are told only where the task is settled, as in the first reply, so that nobody is led; points too. Four
    queries.
    """
    answers = list(Answer.objects.filter(volunteer=volunteer, key__in=keys, withdrawn_at=None).order_by("pk"))
    tasks = Task.objects.in_bulk([answer.task_id for answer in answers])
    decisions = Decision.objects.in_bulk([task.decision for task in tasks.values() if task.decision])
    points = points_of([answer for answer in answers if tasks[answer.task_id].state not in UNSETTLED])
    return [outcome_of(a, tasks[a.task_id], decisions, points.get(a.pk, 0)) for a in answers]


def points_of(answers: Collection[Answer]) -> dict[int, int]:
    if not answers:
        return {}
    projects, ids = {answer.project_id for answer in answers}, [answer.pk for answer in answers]
    told: list[Any] = points_asked.send(Answer, projects=projects, answers=ids)
    return {answer: points for _receiver, found in told for answer, points in found.items()}


def outcome_of(answer: Answer, task: Task, decisions: dict[int, Decision], points: int) -> dict[str, Any]:
    settled = task.state not in UNSETTLED
    counted = answer.counted or answer.purpose == Purpose.CHECK
    outcome: dict[str, Any] = {
        "key": str(answer.key),
        "status": (Status.COUNTED if counted else Status.LATE).value,
        "points": points,
        "pending": counted and not settled,
    }
    if settled:
        outcome["feedback"] = {"settled": TaskState(task.state).name.lower()}
        decision = decisions.get(task.decision or 0)
        if decision and decision.vote:
            outcome["feedback"]["agrees"] = answer.vote == decision.vote
    return outcome
