"""Records of answers that a policy can be tried on."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from random import Random
from statistics import median

import numpy as np

from ..aggregating.reading import rows_of
from ..aggregating.tables import Answers, Gold
from ..consensus import (
    BLANK,
    EXACT,
    UNREADABLE,
    Normalisation,
    is_said,
    merge_readings,
    normalise,
    said,
    weigh_choices,
)
from ..consensus.crowds.learning import ByRefitting, BySettling
from ..consensus.replaying import Cast, Learner, Merge, Record
from .choosing import USUAL, Company, Habit, Likely, presume

AT_MOST = {"choice": 200_000, "text": 20_000}  # answers that are played in each order; of more, some tasks are drawn
SECONDS = {"text": 9.0, "choice": 4.0}  # a usual answer takes
LONGEST = 300_000  # milliseconds that somebody thinks; who takes longer has left the table
MARKS = {"": BLANK, UNREADABLE: UNREADABLE}


@dataclass(frozen=True)
class Material:
    """A record of ``volunteers`` people. ``known`` has the vote that is right, by task, as far as somebody knows it,
    ``held`` the one that is taken for right; ``labels`` are the votes that a choice offers, none for texts. ``seconds``
    is what an answer takes; ``drawn_from`` so many tasks."""

    record: Record
    volunteers: int
    labels: Sequence[str]
    merge: Merge
    known: Mapping[int, str]
    seconds: float
    drawn_from: int
    held: Mapping[int, str] = field(default_factory=dict)
    choosing: Habit = USUAL

    @property
    def answers(self) -> int:
        return sum(map(len, self.record))

    def learner(self) -> Learner:
        return ByRefitting(self.volunteers, self.labels) if self.labels else BySettling()

    @cached_property
    def right(self) -> list[str]:
        """The vote that is right, by task, as far as can be told."""
        told = dict(enumerate(presume(self.record, self.merge))) | {**self.held, **self.known}
        return list(told.values())

    def company(self, chance: Random) -> Company | None:
        """Return those who may be asked which reading is right; texts alone are read in several ways."""
        return (
            None
            if self.labels
            else Company(self.volunteers, Likely(self.record, self.right, self.choosing.rightly, chance), chance)
        )


def material_of(
    answers: Answers, gold: Gold, kind: str, rules: Normalisation = EXACT, seconds: float | None = None
) -> Material:
    """Return a table's record; texts that are one by ``rules`` are one vote."""
    tasks = draw(answers, AT_MOST[kind])
    votes = Votes(answers.values, kind, rules)
    ends = np.searchsorted(answers.task, np.arange(len(answers.tasks) + 1)).tolist()
    record = [
        [
            Cast(worker, votes[answer], answers.values[answer])
            for worker, answer in zip(answers.worker[part].tolist(), answers.answer[part].tolist(), strict=True)
        ]
        for part in (slice(ends[task], ends[task + 1]) for task in tasks)
    ]
    known = {place: vote_of(gold[task], kind, rules) for place, task in enumerate(tasks) if task in gold}
    labels = sorted({*votes.values(), *known.values()}) if kind == "choice" else []
    merge = partial(weigh_choices, choices=count_said(labels)) if labels else partial(merge_readings, rules=rules)
    seconds = seconds or SECONDS[kind]
    return Material(record, len(answers.workers), labels, merge, known, seconds, drawn_from=len(answers.tasks))


class Votes(dict[int, str]):
    """The vote of each value by its number, made when it is first asked for."""

    def __init__(self, values: Sequence[str], kind: str, rules: Normalisation) -> None:
        super().__init__()
        self.vote = lambda number: vote_of(values[number], kind, rules)

    def __missing__(self, number: int) -> str:
        vote = self[number] = self.vote(number)
        return vote


def vote_of(value: str, kind: str, rules: Normalisation) -> str:
    return MARKS.get(value) or said(value if kind == "choice" else normalise(value, rules))


def count_said(labels: Iterable[str]) -> int:
    return max(2, sum(map(is_said, labels)))


def draw(answers: Answers, at_most: int) -> list[int]:
    """Return tasks at random with about ``at_most`` answers, or all of them if there are no more."""
    order = np.random.default_rng(1).permutation(len(answers.tasks))
    sizes = np.bincount(answers.task, minlength=len(order))[order]
    enough = max(1, int(np.searchsorted(sizes.cumsum(), at_most, "right")))
    return sorted(order[:enough].tolist())


def seconds_in(path: Path) -> float | None:
    """Return the median time of an answer from a column ``elapsed_ms``, None without one; what is no number or too long
    to be true does not count. Raises ``BadTable``."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        if "elapsed_ms" not in [name.strip().lower() for name in file.readline().split(",")]:
            return None
    taken = array("i")
    with rows_of(path, ("elapsed_ms", "task")) as rows:
        taken.extend(int(text) for text, _task in rows if text.isdecimal() and 0 < int(text) <= LONGEST)
    return median(taken) / 1000 if taken else None
