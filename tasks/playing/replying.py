"""What whoever answered is told: one result of the API for each answer."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ..enums import Status, TaskState
from ..signals import Settlement


def result_of(key: UUID, *, counted: bool, feedback: dict[str, Any] | None, points: int) -> dict[str, Any]:
    """Points wait for others to confirm, so that whoever came too fast to earn any is told what everybody is."""
    result = {
        "key": str(key),
        "status": (Status.COUNTED if counted else Status.LATE).value,
        "points": points if feedback else 0,
        "pending": counted and feedback is None,
    }
    if not counted:
        result["reason"] = _("Others have finished this one meanwhile. Thank you: your answer is kept.")
    if feedback:
        result["feedback"] = feedback
    return result


def feedback_of(settled: Settlement, answer: int) -> dict[str, Any]:
    """Say whether others agree: only now that the task is settled, so nobody is led."""
    feedback: dict[str, Any] = {"settled": TaskState(settled.state).name.lower()}
    if settled.agreeing:
        feedback["agrees"] = answer in {id_ for id_, _volunteer in settled.agreeing}
        feedback["readers"] = len(settled.agreeing)
    return feedback


def refused(key: UUID, reason: str) -> dict[str, Any]:
    return plain_result(key, Status.REFUSED, reason)


def plain_result(key: UUID, status: Status, reason: str) -> dict[str, Any]:
    return {"key": str(key), "status": status.value, "reason": reason, "points": 0, "pending": False}


def refused_for_its_key(key: UUID) -> dict[str, Any]:
    return refused(key, _("This key was used for another answer: make a new one for each answer."))
