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
from .trusting import trust_anew

FITTED = "skills"
AT_ONCE = 1000  # decisions
FIELDS = ("pk", "task", "state", "decided_by", "vote", "evidence", "taught")
TEACHERS = {DecidedBy.RULE, DecidedBy.ADJUDICATION, DecidedBy.REVIEWER, DecidedBy.GOLD}

type Record = Counter[tuple[int, int, bool]]  # (volunteer, workflow, right) -> answers


def fit_skills(now: datetime) -> int:
    """Count the answers of newly agreed tasks as right or wrong; return how many decisions were looked at.

    Only decisions past the time of undoing count, and only those that hold. What a decision taught is taken back when
    a later one of the same task is looked at.
    """
    with transaction.atomic():
        mark, _made = Watermark.objects.select_for_update().get_or_create(name=FITTED)
        due = Decision.objects.filter(pk__gt=mark.position, created_at__lt=now - settings.UNDO_WINDOW).order_by("pk")
        decisions = list(due.values(*FIELDS)[:AT_ONCE])
        if decisions:
            learn_from(decisions)
            Watermark.objects.filter(name=FITTED).update(position=decisions[-1]["pk"])
    return len(decisions)


def learn_from(decisions: Sequence[Mapping[str, Any]]) -> None:
    tasks = Task.objects.in_bulk({decision["task"] for decision in decisions})
    holding = [task.decision for task in tasks.values() if task.decision]
    overruled = list(Decision.objects.filter(task__in=tasks, taught=True).exclude(pk__in=holding).values(*FIELDS))
    agreed = [d for d in decisions if d["pk"] in holding and d["state"] == TaskState.AGREED]
    telling = [d for d in agreed if d["decided_by"] in TEACHERS and not d["taught"]]
    workflows = {task.pk: task.workflow_id for task in tasks.values()}
    record = record_of(telling, workflows)
    record.subtract(record_of(overruled, workflows))
    add_up(record)
    for some, taught in ((telling, True), (overruled, False)):
        Decision.objects.filter(pk__in=[d["pk"] for d in some]).update(taught=taught)


def record_of(decisions: Sequence[Mapping[str, Any]], workflows: Mapping[int, int]) -> Record:
    """Of who only chose among the readings of a line, the decision about their choice tells."""
    decided = {decision["task"]: decision["vote"] for decision in decisions}
    weighed = {answer for decision in decisions for answer, _weight in decision["evidence"]}
    answers = Answer.objects.filter(pk__in=weighed, task__in=decided, withdrawn_at=None)
    rows = answers.values_list("volunteer", "task", "vote")
    return Counter((volunteer, workflows[task], vote == decided[task]) for volunteer, task, vote in rows)


def add_up(record: Record) -> None:
    pairs = {(volunteer, workflow) for volunteer, workflow, _right in record}
    newcomers = [Skill(volunteer_id=volunteer, workflow_id=workflow) for volunteer, workflow in pairs]
    Skill.objects.bulk_create(newcomers, ignore_conflicts=True)
    for volunteer, workflow in pairs:
        right, wrong = (record[volunteer, workflow, was_right] for was_right in (True, False))
        Skill.objects.filter(volunteer=volunteer, workflow=workflow).update(
            right=F("right") + right, wrong=F("wrong") + wrong
        )
    for workflow in {workflow for _volunteer, workflow in pairs}:
        trust_anew([volunteer for volunteer, one in pairs if one == workflow], workflow)
