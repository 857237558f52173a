"""What ``tasks`` tells other apps.

A signal is sent inside the transaction: a receiver only inserts rows, and one that fails costs nobody an answer (what
it wrote is undone, the answer is marked uncredited and the sweeper tells the listeners again).
"""

from dataclasses import dataclass
from datetime import datetime

from django.dispatch import Signal

from .enums import TaskState


@dataclass(frozen=True, slots=True)
class CountedAnswer:
    """An answer that has just been counted or taken back. Numbers are row ids. One that is not ``heard`` came faster
    than a person can read: it earns nothing."""

    id: int
    project: int
    task: int
    volunteer: int
    created_at: datetime
    heard: bool = True


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a decision says about the counted answers of its task: ``(answer, volunteer)`` pairs by ascending answer.

    Answers that came faster than a person can read are left out: they were not heard, and earn nothing.
    Without a decided value (disputed) both lists are empty.
    """

    task: int
    project: int
    decision: int
    state: TaskState
    agreeing: tuple[tuple[int, int], ...]
    differing: tuple[tuple[int, int], ...]


# answer: CountedAnswer, settled: Settlement | None, at: datetime -> each receiver returns the points it gave
# to this very answer
answer_counted = Signal()
# answer: CountedAnswer, undone: Settlement | None (the settlement that no longer holds),
# settled: Settlement | None (the one that holds instead), at: datetime
answer_withdrawn = Signal()
# A reviewer decided, reopened or took that back. task: int, project: int,
# undone: Settlement | None (the settlement that no longer holds),
# settled: Settlement | None (the one that holds instead), at: datetime
task_reviewed = Signal()
# projects: ids, answers: ids of answers in them -> each receiver returns the points that they have by now, by answer
points_asked = Signal()
# before: int, after: int: some answers of one volunteer are another's now, in a transaction that a failure undoes
answers_moved = Signal()
