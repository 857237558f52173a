"""How reliable each volunteer has been, counted from what was settled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from .enums import DecidedBy, TaskState
from .models import Answer, Decision, Skill, Task, Watermark

FITTED = "skills"
AT_ONCE = 1000  # decisions

type Record = Counter[tuple[int, int, bool]]  # (volunteer, workflow, right) -> answers


def fit_skills(now: datetime) -> int:
    """Count the answers of newly agreed tasks as right or wrong; return how many decisions were looked at.

    Only decisions past the time of undoing count, and only those that still hold. A task that a reviewer reopens later
    keeps what it taught.
    """
    with transaction.atomic():
        mark, _made = Watermark.objects.select_for_update().get_or_create(name=FITTED)
        due = Decision.objects.filter(pk__gt=mark.position, created_at__lt=now - settings.UNDO_WINDOW).order_by("pk")
        decisions = list(due.values("pk", "task", "state", "decided_by", "vote", "evidence")[:AT_ONCE])
        if decisions:
            add_up(record_of(decisions))
            Watermark.objects.filter(name=FITTED).update(position=decisions[-1]["pk"])
    return len(decisions)


def record_of(decisions: Sequence[Mapping[str, Any]]) -> Record:
    agreed = [d for d in decisions if d["state"] == TaskState.AGREED and d["decided_by"] == DecidedBy.RULE]
    holding = dict(Task.objects.filter(decision__in=[d["pk"] for d in agreed]).values_list("decision", "workflow"))
    votes = {
        answer: (decision["vote"], holding[decision["pk"]])
        for decision in agreed
        if decision["pk"] in holding
        for answer, _weight in decision["evidence"]
    }
    answers = Answer.objects.filter(pk__in=votes, withdrawn_at=None).values_list("pk", "volunteer", "vote")
    return Counter((volunteer, votes[pk][1], vote == votes[pk][0]) for pk, volunteer, vote in answers)


def add_up(record: Record) -> None:
    pairs = {(volunteer, workflow) for volunteer, workflow, _right in record}
    newcomers = [Skill(volunteer_id=volunteer, workflow_id=workflow) for volunteer, workflow in pairs]
    Skill.objects.bulk_create(newcomers, ignore_conflicts=True)
    for volunteer, workflow in pairs:
        right, wrong = (record[volunteer, workflow, was_right] for was_right in (True, False))
        Skill.objects.filter(volunteer=volunteer, workflow=workflow).update(
            right=F("right") + right, wrong=F("wrong") + wrong
        )
