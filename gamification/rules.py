"""What earns points, and how a line of the ledger is named.

A name says what it is for and, where a decision caused it, which: ``took_part``, ``agreed#7``. What is taken back is
the same name with ``:reversed``. Should the same thing be given once more afterwards, it is numbered: ``agreed#7.2``.
So each line exists at most once per answer, lines are only ever added, and the sum stays right.

A task that its archive withdraws takes nothing from anyone: the work was done, and what was earned stays.
"""

from collections.abc import Collection
from typing import NamedTuple

from .enums import Rule

POINTS = {Rule.TOOK_PART: 1, Rule.AGREED: 2, Rule.DIFFERED: 0}
REVERSED = ":reversed"


class Amounts(NamedTuple):
    """What is added to a standing: points, and answers found right among answers settled."""

    points: int
    right: int
    settled: int

    def plus(self, other: "Amounts") -> "Amounts":
        return Amounts(self.points + other.points, self.right + other.right, self.settled + other.settled)


NOTHING = Amounts(0, 0, 0)


def named(rule: Rule, decision: int | None = None) -> str:
    return rule.value if decision is None else f"{rule.value}#{decision}"


def reversal_of(name: str) -> str:
    return name + REVERSED


def live(names: Collection[str]) -> set[str]:
    """Return those names that have not been taken back."""
    return {name for name in names if not name.endswith(REVERSED) and reversal_of(name) not in names}


def next_turn(name: str, names: Collection[str]) -> str:
    """Return ``name`` as it has to be written when the answer's ledger already holds ``names``."""
    written, turn = name, 1
    while reversal_of(written) in names:
        turn += 1
        written = f"{name}.{turn}"
    return written


def amounts_of(name: str, points: int) -> Amounts:
    """Return what a ledger line adds; its points were fixed when it was written, whatever the rules say now."""
    rule = name.removesuffix(REVERSED).partition("#")[0].partition(".")[0]
    sign = -1 if name.endswith(REVERSED) else 1
    settled = sign if rule in (Rule.AGREED, Rule.DIFFERED) else 0
    return Amounts(points, sign if rule == Rule.AGREED else 0, settled)
