"""Answers of many to many tasks, as arrays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Place = NDArray[np.intp]
type Whole = NDArray[np.int32]
type Real = NDArray[np.float64]

AT_ONCE = 500_000  # answers that are worked on together: they fit the cache, all of them would fill the memory
MOST_NUMBERS = 5_000_000  # one for each of these answers and each label
MOST_CELLS = 10_000_000  # numbers in the tables of a model: some 500 MB while it is fitted
MOST_KEPT = 30_000_000  # numbers in parts that are kept from one look to the next


@dataclass(frozen=True)
class Part:
    """Some tasks, from ``first`` up to but without ``last``, with all their answers.

    ``task`` counts from 0 for the first of these tasks; ``cell`` is volunteer * labels + label; both of shape
    (answers,), like ``label``.
    """

    first: int
    last: int
    labels: int
    task: Place
    cell: Place
    label: Whole

    @property
    def tasks(self) -> int:
        return self.last - self.first

    @cached_property
    def votes(self) -> Real:
        """How many chose each label, shape (labels, tasks)."""
        return self._by_label(None).astype(float)

    def weighed(self, weights: Real) -> Real:
        """Return what those who chose each label weigh, shape (labels, tasks); ``weights``: shape (volunteers,)."""
        return self._by_label(self.look_up(np.repeat(weights, self.labels)))

    def _by_label(self, weights: Real | None) -> NDArray[Any]:
        return np.bincount(self.place, weights, self.labels * self.tasks).reshape(self.labels, self.tasks)

    @property
    def place(self) -> Place:
        """Where each answer stands in a table of shape (labels, tasks) that is laid flat, shape (answers,)."""
        place = self.label.astype(np.intp)
        place *= self.tasks
        place += self.task
        return place

    @property
    def answers_of_task(self) -> Place:
        return self.votes.sum(0).astype(np.intp)

    def look_up(self, row: Real) -> Real:
        """Return what ``row``, shape (volunteers * labels,), has for each answer, shape (answers,)."""
        return row.take(self.cell, mode="clip")

    def by_task(self, answers: Real) -> Real:
        """Add up, for each task, what ``answers``, shape (answers,), has for its own."""
        return np.bincount(self.task, answers, self.tasks)

    def by_cell(self, row: Real, cells: int) -> Real:
        """Add up, for each volunteer and label, what ``row``, shape (tasks,), has where the volunteer chose it."""
        return np.bincount(self.cell, row.take(self.task, mode="clip"), cells)


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

    @property
    def cells(self) -> int:
        return self.volunteers * self.labels

    def affords(self, tables: int = 1) -> bool:
        """Tell whether so many numbers for each volunteer, label and true label fit the memory."""
        return tables * self.labels * self.cells <= MOST_CELLS

    @cached_property
    def answers_of_task(self) -> Whole:
        return np.bincount(self.task, minlength=self.tasks).astype(np.int32)

    @cached_property
    def answers_of_volunteer(self) -> Whole:
        return np.bincount(self.volunteer, minlength=self.volunteers).astype(np.int32)

    @cached_property
    def answers_of_cell(self) -> Whole:
        """How many answers of a volunteer have a label, shape (volunteers * labels,)."""
        counted = sum(
            (np.bincount(part.cell, minlength=self.cells) for part in self.parts()), np.zeros(self.cells, int)
        )
        return counted.astype(np.int32)

    def overlapping(self, at_most: int | None = None) -> "Crowd":
        """Return the tasks that two people or more answered, numbered anew: a single answer tells of nobody's errors.

        A model that learned from single answers too would only confirm what it believes already. With more than
        ``at_most`` answers among them, every second task is taken, or every third, and so on.
        """
        several = np.flatnonzero(self.answers_of_task > 1)
        answers = int(self.answers_of_task[several].sum())
        return self.only(several[:: -(-answers // at_most) if at_most and answers else 1])

    def only(self, tasks: Place) -> "Crowd":
        """Return some tasks, numbered anew in the order of ``tasks``, which ascend; volunteers keep their numbers."""
        if len(tasks) == self.tasks:
            return self
        chosen = np.zeros(self.tasks, bool)
        chosen[tasks] = True
        kept = np.flatnonzero(np.repeat(chosen, self.answers_of_task))
        task = np.repeat(np.arange(len(tasks), dtype=np.int32), self.answers_of_task[tasks])
        return Crowd(task, self.volunteer[kept], self.label[kept], len(tasks), self.volunteers, self.labels)

    def parts(self) -> Iterable[Part]:
        """Cut the tasks, in order, into parts of about ``AT_ONCE`` answers, or as many tasks without answers; of fewer
        where labels are many.

        There is one at least, be it empty. Those of a very large crowd are cut anew each time.
        """
        numbers = 2 * len(self.task) + self.labels * self.tasks
        return self._kept if numbers <= MOST_KEPT else self._cut()

    @cached_property
    def _kept(self) -> list[Part]:
        return list(self._cut())

    def _cut(self) -> Iterator[Part]:
        first, start, last = 0, 0, -1
        while last < self.tasks:
            last = self._end_of_part(first, start)
            stop = int(np.searchsorted(self.task, np.int32(last)))  # of the same type: else all are copied
            here = slice(start, stop)
            cell = self.volunteer[here].astype(np.intp) * self.labels + self.label[here]
            yield Part(first, last, self.labels, self.task[here].astype(np.intp) - first, cell, self.label[here])
            first, start = last, stop

    def _end_of_part(self, first: int, start: int) -> int:
        most = max(1, min(AT_ONCE, MOST_NUMBERS // max(self.labels, 1)))
        beyond = int(self.task[start + most]) if start + most < len(self.task) else self.tasks
        return min(max(beyond, first + 1), first + most, self.tasks)


def first_of_each(task: ArrayLike, volunteer: ArrayLike) -> NDArray[np.int64]:
    """Return the places of the answers that count, sorted by task and volunteer.

    ``task`` and ``volunteer``, shape (answers,), come in the order of arrival: whoever answers a task again has
    answered it the first time.
    """
    pairs = (np.asarray(task, np.int64) << 32) | np.asarray(volunteer, np.int64)
    order = np.argsort(pairs, kind="stable")
    ordered = pairs[order]
    is_first = np.ones(len(order), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return order[is_first]


def gather(
    task: ArrayLike, volunteer: ArrayLike, label: ArrayLike, *, tasks: int, volunteers: int, labels: int
) -> Crowd:
    """Make a crowd of answers in the order of arrival; who answered a task several times counts once."""
    first = first_of_each(task, volunteer)
    answered, answering, said = (np.asarray(column, np.int32)[first] for column in (task, volunteer, label))
    return Crowd(answered, answering, said, tasks, volunteers, labels)
