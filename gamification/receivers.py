"""Points for answers, written in the answering transaction; boards follow who a volunteer is."""

from collections.abc import Collection
from datetime import datetime

from django.dispatch import receiver

from accounts.signals import volunteer_erased, volunteer_renamed
from tasks.signals import (
    CountedAnswer,
    Settlement,
    answer_counted,
    answer_withdrawn,
    answers_moved,
    points_asked,
    task_reviewed,
)

from . import crediting, persons, summing


@receiver(answer_counted, dispatch_uid="gamification.counted")
def counted(answer: CountedAnswer, settled: Settlement | None, at: datetime, **_signal: object) -> int:
    return crediting.credit(answer, settled, at)


@receiver(answer_withdrawn, dispatch_uid="gamification.withdrawn")
def withdrawn(
    answer: CountedAnswer, undone: Settlement | None, settled: Settlement | None, at: datetime, **_signal: object
) -> None:
    crediting.uncredit(answer, undone, settled, at)


@receiver(points_asked, dispatch_uid="gamification.asked")
def asked(projects: Collection[int], answers: Collection[int], **_signal: object) -> dict[int, int]:
    return summing.points_of(projects, answers)


@receiver(answers_moved, dispatch_uid="gamification.moved")
def moved(before: int, after: int, **_signal: object) -> None:
    persons.move_points(before, after)


@receiver(volunteer_renamed, dispatch_uid="gamification.renamed")
def renamed(volunteer: int, **_signal: object) -> None:
    persons.show_again(volunteer)


@receiver(volunteer_erased, dispatch_uid="gamification.erased")
def erased(volunteer: int, **_signal: object) -> None:
    persons.leave_boards(volunteer)


@receiver(task_reviewed, dispatch_uid="gamification.reviewed")
def reviewed(
    project: int, undone: Settlement | None, settled: Settlement | None, at: datetime, **_signal: object
) -> None:
    crediting.recredit(project, undone, settled, at)
