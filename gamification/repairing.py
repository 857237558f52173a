"""Answers whose points failed are credited again, from what holds now: a second time changes nothing."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tasks.enums import Purpose, TaskState
from tasks.models import Answer, Decision, Task
from tasks.settling.deciding import settlement_of
from tasks.settling.weighing import counted_votes, question_of
from tasks.signals import Settlement

from .crediting import Credit, balance, credits_of
from .enums import Rule

logger = logging.getLogger(__name__)

TASKS = 200  # at a time


def repair_credits() -> int:
    """Balance the ledger of tasks that have uncredited answers; return how many tasks."""
    tasks = Answer.objects.filter(credited_at=None).order_by("id").values_list("task", flat=True)[:TASKS]
    return sum(repaired(task) for task in dict.fromkeys(tasks))


def repaired(task: int) -> bool:
    """Balance one task; a failure is logged and leaves the others their turn."""
    try:
        with transaction.atomic():
            balance_task(Task.objects.select_for_update(of=("self",)).select_related("version").get(pk=task))
    except Exception:
        logger.exception("the points of task %s cannot be given; they are tried again", task)
        return False
    return True


def balance_task(task: Task) -> None:
    """Bring the ledger of a task's answers to what its decision says. Call it with the task's row locked."""
    answers = list(
        Answer.objects.filter(task=task.pk).only(
            "volunteer", "created_at", "counted", "withdrawn_at", "weight", "purpose", "result"
        )
    )
    took_part = [
        Credit(answer.pk, answer.volunteer_id, Rule.TOOK_PART, answer.created_at)
        for answer in answers
        if (answer.counted or answer.purpose == Purpose.CHECK) and not answer.withdrawn_at and answer.weight != 0
    ]
    settled, at = settlement_now(task)
    wanted = [*took_part, *credits_of(settled, at), *credits_of_checks(task, answers)]
    lines = balance(task.project_id, [answer.pk for answer in answers], wanted)
    Answer.objects.filter(task=task.pk, credited_at=None).update(credited_at=timezone.now())
    logger.info("task %s: %s lines added to the ledger", task.pk, lines)


def credits_of_checks(task: Task, answers: Iterable[Answer]) -> Iterator[Credit]:
    """An answer to a known line earned at once what the reply said, whatever was decided about the line since."""
    for answer in answers:
        agrees = answer.result.get("feedback", {}).get("agrees")
        if answer.purpose == Purpose.CHECK and agrees is not None and answer.weight != 0 and not answer.withdrawn_at:
            rule = Rule.AGREED if agrees else Rule.DIFFERED
            yield Credit(answer.pk, answer.volunteer_id, rule, answer.created_at, task.decision)


def settlement_now(task: Task) -> tuple[Settlement | None, datetime]:
    """Return the settlement that holds, None while the task is open, and when it was made."""
    if task.decision is None or task.settled_at is None:
        return None, timezone.now()
    decision = Decision.objects.get(pk=task.decision)
    question = question_of(task)
    state = TaskState(decision.state)
    return settlement_of(question, counted_votes(question), decision.pk, state, decision.vote), decision.created_at
