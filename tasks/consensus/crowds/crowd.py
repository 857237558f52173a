"""Answers of many to many tasks, as arrays."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Whole = NDArray[np.int32]
type Real = NDArray[np.float64]

AT_ONCE = 1_000_000  # answers in memory as floating-point numbers


@dataclass(frozen=True)
class Crowd:
    """Answers sorted by task and volunteer; no volunteer answers a task twice.

    ``task``, ``volunteer`` and ``label`` have shape (answers,) and hold numbers from 0 up to ``tasks``, ``volunteers``
    and ``labels``; they may be memory-mapped. Tasks without answers are allowed.
    """

    task: Whole
    volunteer: Whole
    label: Whole
    tasks: int
    volunteers: int
    labels: int

    @cached_property
    def cell(self) -> Whole:
        """Volunteer and label as one number, shape (answers,): volunteer * labels + label."""
        return self.volunteer * np.int32(self.labels) + self.label

    @cached_property
    def answers_of_task(self) -> Whole:
        return np.bincount(self.task, minlength=self.tasks).astype(np.int32)

    @cached_property
    def answers_of_volunteer(self) -> Whole:
        return np.bincount(self.volunteer, minlength=self.volunteers).astype(np.int32)

    @cached_property
    def parts(self) -> list[slice]:
        """Cut the answers into parts of about ``AT_ONCE``, none of which divides a task."""
        total = len(self.task)
        cuts = np.searchsorted(self.task, self.task[AT_ONCE::AT_ONCE])
        return [slice(start, end) for start, end in pairwise([0, *cuts.tolist(), total]) if start < end]

    def votes(self) -> Real:
        """How many chose each label, shape (tasks, labels)."""
        cells = self.task.astype(np.int64) * self.labels + self.label
        counted = np.bincount(cells, minlength=self.tasks * self.labels)
        return counted.reshape(self.tasks, self.labels).astype(float)

    def by_task(self, evidence: Real) -> Real:
        """Add up what each answer says of its task; ``evidence`` has shape (volunteers * labels, values).

        Returns shape (tasks, values): row i is the sum of ``evidence[cell]`` over the answers to task i.
        """
        sums = np.zeros((self.tasks, evidence.shape[1]))
        columns = np.ascontiguousarray(evidence.T)
        for part in self.parts:
            cells, tasks = self.cell[part], self.task[part]
            starts = np.flatnonzero(np.diff(tasks, prepend=-1))
            for value, column in enumerate(columns):
                sums[tasks[starts], value] = np.add.reduceat(column[cells], starts)
        return sums

    def by_cell(self, belief: Real) -> Real:
        """Add up what is believed of the tasks where a volunteer chose a label; ``belief``: shape (tasks, values).

        Returns shape (volunteers, labels, values).
        """
        cells = self.volunteers * self.labels
        sums = np.zeros((cells, belief.shape[1]))
        columns = np.ascontiguousarray(belief.T)
        for part in self.parts:
            cell, tasks = self.cell[part], self.task[part]
            for value, column in enumerate(columns):
                sums[:, value] += np.bincount(cell, column[tasks], cells)
        return sums.reshape(self.volunteers, self.labels, belief.shape[1])


def first_of_each(task: ArrayLike, volunteer: ArrayLike) -> NDArray[np.int64]:
    """Return the places of the answers that count, sorted by task and volunteer.

    ``task`` and ``volunteer``, shape (answers,), come in the order of arrival: whoever answers a task again has
    answered it the first time.
    """
    pairs = (np.asarray(task, np.int64) << 32) | np.asarray(volunteer, np.int64)
    order = np.argsort(pairs, kind="stable")
    ordered = pairs[order]
    return order[np.flatnonzero(np.diff(ordered, prepend=-1))]


def gather(
    task: ArrayLike, volunteer: ArrayLike, label: ArrayLike, *, tasks: int, volunteers: int, labels: int
) -> Crowd:
    """Make a crowd of answers in the order of arrival; who answered a task several times counts once."""
    first = first_of_each(task, volunteer)
    answered, answering, said = (np.asarray(column, np.int32)[first] for column in (task, volunteer, label))
    return Crowd(answered, answering, said, tasks, volunteers, labels)
