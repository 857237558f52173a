"""Other apps hear what happened to an answer; one that fails costs nobody the answer."""

import logging
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from .models import Answer
from .signals import CountedAnswer

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
