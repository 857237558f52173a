"""Points for answers, written in the answering transaction."""

from datetime import datetime

from django.dispatch import receiver

from tasks.signals import CountedAnswer, Settlement, answer_counted, answer_withdrawn

from . import crediting


@receiver(answer_counted, dispatch_uid="gamification.counted")
def counted(answer: CountedAnswer, settled: Settlement | None, at: datetime, **_signal: object) -> int:
    return crediting.credit(answer, settled, at)


@receiver(answer_withdrawn, dispatch_uid="gamification.withdrawn")
def withdrawn(
    answer: CountedAnswer, undone: Settlement | None, settled: Settlement | None, at: datetime, **_signal: object
) -> None:
    crediting.uncredit(answer, undone, settled, at)
