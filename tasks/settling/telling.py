"""Other apps hear what happened to an answer; one that fails costs nobody the answer."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from ..models import Answer, Task
from ..signals import CountedAnswer, Settlement, task_reviewed

logger = logging.getLogger(__name__)


def tell(signal: Signal, answer: CountedAnswer, **said: Any) -> list[Any]:
    """Send the signal inside a savepoint of the caller's transaction and return what the receivers replied.

    After a failure nothing that a receiver wrote remains, and the answer is marked: the sweeper has it told again.
    """
    try:
        with transaction.atomic():
            return [reply for _receiver, reply in signal.send(Answer, answer=answer, **said)]
    except Exception:
        logger.exception("answer %s could not be credited; the sweeper will see to it", answer.id)
        Answer.objects.filter(pk=answer.id).update(credited_at=None)
        return []


def tell_of_review(
    task: int, project: int, undone: Settlement | None, settled: Settlement | None, at: datetime
) -> None:
    """The same for what a reviewer did; after a failure all the answers concerned are marked."""
    try:
        with transaction.atomic():
            task_reviewed.send(Task, task=task, project=project, undone=undone, settled=settled, at=at)
    except Exception:
        logger.exception("the answers to task %s could not be credited; the sweeper will see to it", task)
        Answer.objects.filter(task=task).update(credited_at=None)
