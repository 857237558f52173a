"""Points are given and taken back: lines of the ledger, never more than one for the same thing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from accounts.prepared import Given, Insertion, Selection, each
from tasks.signals import CountedAnswer, Settlement

from .enums import Rule
from .models import Ledger
from .rules import POINTS, live, named, next_turn, reversal_of


class NewLine(NamedTuple):
    """The columns of a line of the ledger that its database has no default for."""

    project_id: int
    volunteer_id: int
    answer: int
    rule: str
    points: int
    earned_at: datetime
    created_at: datetime


NEW_LINES = Insertion(Ledger, *NewLine._fields, once=True)


@dataclass(frozen=True, slots=True)
class Credit:
    """What one answer earned under one rule."""

    answer: int
    volunteer: int
    rule: Rule
    earned_at: datetime
    decision: int | None = None

    @property
    def name(self) -> str:
        return named(self.rule, self.decision)

    def line(self, project: int, name: str) -> NewLine:
        points = POINTS[self.rule]
        return NewLine(project, self.volunteer, self.answer, name, points, self.earned_at, timezone.now())


def credit(answer: CountedAnswer, settled: Settlement | None, at: datetime) -> int:
    """Write what a newly counted answer and the settlement that it caused earn; return this answer's own points.

    A second call adds nothing.
    """
    took_part = [Credit(answer.id, answer.volunteer, Rule.TOOK_PART, answer.created_at)] if answer.heard else []
    earned = [*took_part, *credits_of(settled, at)]
    NEW_LINES.many(c.line(answer.project, c.name) for c in earned)
    return sum(POINTS[c.rule] for c in earned if c.answer == answer.id)


def uncredit(answer: CountedAnswer, undone: Settlement | None, settled: Settlement | None, at: datetime) -> None:
    """Take back what a withdrawn answer earned and, where its settlement fell with it, what that gave to others."""
    others = {id_: volunteer for id_, volunteer in pairs_of(undone) + pairs_of(settled) if id_ != answer.id}
    took_part = [Credit(id_, volunteer, Rule.TOOK_PART, at) for id_, volunteer in others.items()]
    earned = [c for c in credits_of(settled, at) if c.answer != answer.id]
    balance(answer.project, {answer.id, *others}, took_part + earned)


def recredit(project: int, undone: Settlement | None, settled: Settlement | None, at: datetime) -> None:
    """Take back what a settlement gave that a reviewer overruled, and give what holds instead."""
    people = dict(pairs_of(undone) + pairs_of(settled))
    took_part = [Credit(id_, volunteer, Rule.TOOK_PART, at) for id_, volunteer in people.items()]
    balance(project, people, took_part + credits_of(settled, at))


def pairs_of(settled: Settlement | None) -> tuple[tuple[int, int], ...]:
    return settled.agreeing + settled.differing if settled else ()


def credits_of(settled: Settlement | None, at: datetime) -> list[Credit]:
    if settled is None:
        return []
    agreed = [Credit(id_, volunteer, Rule.AGREED, at, settled.decision) for id_, volunteer in settled.agreeing]
    differed = [Credit(id_, volunteer, Rule.DIFFERED, at, settled.decision) for id_, volunteer in settled.differing]
    return agreed + differed


def balance(project: int, answers: Collection[int], wanted: Iterable[Credit]) -> int:
    """Add lines until the ledger of these answers says what is wanted, no less and no more; return how many.

    Call it under the lock of the answers' task: two at once could each miss what the other adds.
    """
    held = held_lines(project, answers)
    wanted_of: dict[int, list[Credit]] = defaultdict(list)
    for credit in wanted:
        wanted_of[credit.answer].append(credit)
    lines = [line for answer in answers for line in missing_lines(project, held[answer], wanted_of[answer])]
    NEW_LINES.many(lines)
    return len(lines)


def held_lines(project: int, answers: Collection[int]) -> dict[int, dict[str, NewLine]]:
    held: dict[int, dict[str, NewLine]] = defaultdict(dict)
    for row in lines_of.rows(project=project, answers=list(answers)):
        line = NewLine(*row)
        held[line.answer][line.rule] = line
    return held


@Selection
def lines_of(answers):
    rows = Ledger.objects.filter(project=Given("project"), answer__in=each("answers", answers))
    return rows.values_list(*NewLine._fields)


def missing_lines(project: int, held: dict[str, NewLine], wanted: Iterable[Credit]) -> Iterator[NewLine]:
    """Yield what has to be added to one answer's lines."""
    kept = {next_turn(credit.name, held): credit for credit in wanted}
    for name, credit in kept.items():
        if name not in held:
            yield credit.line(project, name)
    for name in sorted(live(held) - kept.keys()):
        yield opposite(held[name])


def opposite(line: NewLine) -> NewLine:
    rule, now = reversal_of(line.rule), timezone.now()
    return NewLine(line.project_id, line.volunteer_id, line.answer, rule, -line.points, line.earned_at, now)
