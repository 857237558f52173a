"""What is merged and what comes of it, as columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import eq

import numpy as np
from numpy.typing import NDArray

from ..errors import TasksError

type Gold = dict[int, str]  # the known answer by the task's number


class BadTable(TasksError):
    """A table of answers cannot be used; ``str(error)`` names the line."""


@dataclass(frozen=True)
class Answers:
    """Answers sorted by task and worker; nobody answers a task twice.

    ``task``, ``worker`` and ``answer`` have shape (answers,) and hold places in ``tasks``, ``workers`` and ``values``,
    which are sorted. Values are folded (NFC, single spaces); an empty one says that nothing is written there.
    ``repeated``: how many lines were left out, because the same person had answered the task before.
    """

    task: NDArray[np.int32]
    worker: NDArray[np.int32]
    answer: NDArray[np.int32]
    tasks: Sequence[str]
    workers: Sequence[str]
    values: Sequence[str]
    repeated: int = 0


@dataclass(frozen=True)
class Merged:
    """One value for each of ``Answers.tasks``, in their order.

    ``confidence`` and ``agreement``, shape (tasks,), lie between 0 and 1; ``answers``, shape (tasks,), counts people.
    ``how`` is a sentence for a person: what the confidence rests on. ``same`` tells whether two values are one.
    """

    value: Sequence[str]
    confidence: NDArray[np.float64]
    agreement: NDArray[np.float64]
    answers: NDArray[np.int32]
    how: str
    same: Callable[[str, str], bool] = eq
