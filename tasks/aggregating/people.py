"""What the busiest people take for what, without their names."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .tables import Answers, Merged

MOST_PEOPLE, MOST_VALUES, MOST_MISTAKES = 12, 8, 3

type Mistake = tuple[str, str, int]  # the published value, what was said, how often


@dataclass(frozen=True)
class Person:
    """``number``: 1 for whoever gave most ``answers``. ``agreed``: the share of them that is the published value.

    ``table[value][answer]`` counts what they said where ``value`` is published; empty when there are too many values.
    Then ``mistakes`` has what they said otherwise most often, more than once.
    """

    number: int
    answers: int
    agreed: float
    table: tuple[tuple[int, ...], ...]
    mistakes: tuple[Mistake, ...]


def busiest(answers: Answers, merged: Merged) -> Iterator[Person]:
    counted = np.bincount(answers.worker, minlength=len(answers.workers))
    for number, worker in enumerate(np.argsort(-counted, kind="stable")[:MOST_PEOPLE].tolist(), 1):
        mine = np.flatnonzero(answers.worker == worker)
        published = [merged.value[task] for task in answers.task[mine].tolist()]
        said = [answers.values[answer] for answer in answers.answer[mine].tolist()]
        pairs = Counter(zip(published, said, strict=True))
        others = {pair: count for pair, count in pairs.items() if not merged.same(*pair)}
        agreed = 1 - sum(others.values()) / len(mine)
        if len(answers.values) <= MOST_VALUES and set(published) <= set(answers.values):
            yield Person(number, len(mine), agreed, table_of(pairs, answers.values), ())
        else:
            yield Person(number, len(mine), agreed, (), mistakes_of(others))


def table_of(pairs: Counter[tuple[str, str]], values: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(pairs[value, answer] for answer in values) for value in values)


def mistakes_of(others: dict[tuple[str, str], int]) -> tuple[Mistake, ...]:
    often = sorted((-count, pair) for pair, count in others.items() if count > 1)
    return tuple((*pair, -count) for count, pair in often[:MOST_MISTAKES])
