"""What the busiest people take for what, without their names."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .tables import Answers, Merged

MOST_PEOPLE, MOST_VALUES = 12, 8


@dataclass(frozen=True)
class Person:
    """``number``: 1 for whoever gave most ``answers``. ``agreed``: the share of them that equals the published value.

    ``table[value][answer]`` counts what they said where ``value`` is published; empty when there are too many values.
    """

    number: int
    answers: int
    agreed: float
    table: tuple[tuple[int, ...], ...]


def busiest(answers: Answers, merged: Merged) -> Iterator[Person]:
    numbers = {value: number for number, value in enumerate(answers.values)}
    counted = np.bincount(answers.worker, minlength=len(answers.workers))
    values = len(answers.values)
    for number, worker in enumerate(np.argsort(-counted, kind="stable")[:MOST_PEOPLE].tolist(), 1):
        mine = np.flatnonzero(answers.worker == worker)
        said = answers.answer[mine]
        published = np.array([numbers.get(merged.value[task], -1) for task in answers.task[mine].tolist()])
        table: tuple[tuple[int, ...], ...] = ()
        if values <= MOST_VALUES and (published >= 0).all():
            cells = np.bincount(published * values + said, minlength=values * values).reshape(values, values)
            table = tuple(map(tuple, cells.tolist()))
        yield Person(number, len(mine), float((published == said).mean()), table)
