"""Who shares wrong answers with whom more often than chance, and hard lines, explain.

Two people who are wrong in the same way once have read the same smudge; two who are so again and again, and with nobody
else, have one source. So each pair is compared with what the same two people share with all others: an excess is a sign
of copying or agreement (Dong, Berti-Equille & Srivastava 2009, doi:10.14778/1687627.1687690: shared false values are
strong evidence of copying, shared true ones none).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .crowd import Place, Real

LEAST_SHARED = 3  # wrong answers: fewer prove nothing
LEAST_EXCESS = 4.0  # times as many as expected
MOST_OF_CROWD = 1 / 5  # what more people do, three or more, is a convention of writing and no ring
LEAST_PART = 1 / 3  # of all that either of them got wrong where both answered
FALSE_ALARMS = 0.01  # probability that any two of all honest people are tied
NEIGHBOURS = 20.0  # pairs of answers by which a place is taken to be as hard as others
OTHERS = 50.0  # pairs of answers by which a person is taken to share as others do

type Flags = NDArray[np.bool_]
type Pair = tuple[int, int]


@dataclass(frozen=True)
class Known:
    """Answers to tasks whose value is known, one entry an answer, sorted by task.

    ``value`` says which answers to one task are equal, by number, and ``wrong`` which are not its value; ``place`` is
    what the task lies on (a page), numbered from 0: there everybody meets the same hand and the same stains. No
    volunteer is in a task twice.
    """

    task: Place
    volunteer: Place
    value: Place
    wrong: Flags
    place: Place

    def pairs(self) -> Iterator[tuple[Place, Place]]:
        """Yield the numbers of each two answers to one task: those one apart, two apart, and so on."""
        apart = 1
        while (same := self.task[apart:] == self.task[:-apart]).any():
            first = np.flatnonzero(same)
            yield first, first + apart
            apart += 1


@dataclass
class Between:
    """What two people have in common, in tasks: both answered, by place; one or both were wrong; both were wrong alike,
    by place."""

    common_at: Counter[int]
    shared_at: Counter[int]
    either: int = 0

    @property
    def shared(self) -> int:
        return self.shared_at.total()


@dataclass(frozen=True)
class Sums:
    """Pairs of answers to one task, all and those wrong alike: by person, shape (volunteers,), and by place."""

    all_of: Real
    alike_of: Real
    all_at: Real
    alike_at: Real

    def without(self, pairs: dict[Pair, Between]) -> "Sums":
        """Return the sums without what these pairs have in common."""
        left = Sums(self.all_of.copy(), self.alike_of.copy(), self.all_at.copy(), self.alike_at.copy())
        for pair, between in pairs.items():
            for person in pair:
                left.all_of[person] -= between.common_at.total()
                left.alike_of[person] -= between.shared
            for place, count in between.common_at.items():
                left.all_at[place] -= count
            for place, count in between.shared_at.items():
                left.alike_at[place] -= count
        return left


def find_rings(known: Known) -> list[tuple[int, ...]]:
    """Return the groups of volunteers who are tied to one another, each in ascending order.

    For two people i, j let T be the tasks that both answered and k those where both gave the same wrong answer. Let r
    be the rate at which any two share wrong answers, r_i that at which i shares them with others, and h_p how many
    times r it is on place p; each drawn to the mean, and all without the pairs that are suspected, namely those that
    share four times as much as sum_{t in T} r h_p(t); r_i lies a standard deviation above what was seen. Of i and j

        m = max(r_i, r_j, r_i r_j / r) sum_{t in T} h_p(t)

    is expected: sharing as everybody does on hard lines, or because both are often wrong. They are tied if k is at
    least 3 and 4 m and a third of the tasks of T that either got wrong, and if P(X >= k) <= exp(k - m) (m / k)^k,
    Chernoff's bound for a sum of independent events with mean m, is at most 0.01 over the number of all pairs
    (Bonferroni). Ties of ties are one ring, unless it is more than two people and a fifth of all: so many have another
    habit of writing than the rest, which looks the same.
    """
    sums, between = _look_at(known)
    people = np.unique(known.volunteer).size
    most = math.log(FALSE_ALARMS / max(people * (people - 1) / 2, 1))
    suspected = {
        pair: both for pair, both in between.items() if both.shared >= LEAST_EXCESS * _expected(pair, both, sums)[0]
    }
    others = sums.without(suspected)
    rings = _connected([pair for pair, both in suspected.items() if _is_tied(pair, both, others, most)])
    return [ring for ring in rings if len(ring) <= max(2, MOST_OF_CROWD * people)]


def _look_at(known: Known) -> tuple[Sums, dict[Pair, Between]]:
    """Return the sums, and what those have in common who share enough to be suspected."""
    volunteers, places = (int(row.max(initial=-1)) + 1 for row in (known.volunteer, known.place))
    sums = Sums(np.zeros(volunteers), np.zeros(volunteers), np.zeros(places), np.zeros(places))
    shared: list[Place] = []
    for first, second in known.pairs():
        alike = known.wrong[first] & known.wrong[second] & (known.value[first] == known.value[second])
        for end in (first, second):
            sums.all_of[:] += np.bincount(known.volunteer[end], minlength=volunteers)
            sums.alike_of[:] += np.bincount(known.volunteer[end], alike, volunteers)
        sums.all_at[:] += np.bincount(known.place[first], minlength=places)
        sums.alike_at[:] += np.bincount(known.place[first], alike, places)
        shared.append(_codes(known, first[alike], second[alike], volunteers))
    codes, counts = np.unique(np.concatenate([*shared, np.empty(0, np.intp)]), return_counts=True)
    return sums, _between(known, codes[counts >= LEAST_SHARED], volunteers)


def _codes(known: Known, first: Place, second: Place, volunteers: int) -> Place:
    """Return one number for each pair of people."""
    one, other = known.volunteer[first], known.volunteer[second]
    return np.minimum(one, other) * volunteers + np.maximum(one, other)


def _between(known: Known, suspected: Place, volunteers: int) -> dict[Pair, Between]:
    found: dict[Pair, Between] = defaultdict(lambda: Between(Counter(), Counter()))
    for first, second in known.pairs():
        codes = _codes(known, first, second, volunteers)
        kept = np.isin(codes, suspected)
        for code, one, other in zip(codes[kept].tolist(), first[kept].tolist(), second[kept].tolist(), strict=True):
            _add(found[divmod(code, volunteers)], known, one, other)
    return found


def _add(between: Between, known: Known, one: int, other: int) -> None:
    place = int(known.place[one])
    between.common_at[place] += 1
    between.either += bool(known.wrong[one] or known.wrong[other])
    if known.wrong[one] and known.wrong[other] and known.value[one] == known.value[other]:
        between.shared_at[place] += 1


def _is_tied(pair: Pair, between: Between, sums: Sums, most: float) -> bool:
    shared, expected = between.shared, _expected(pair, between, sums)[1]
    if shared < max(LEAST_EXCESS * expected, LEAST_PART * between.either):
        return False
    return shared - expected + shared * math.log(expected / shared) <= most


def _expected(pair: Pair, between: Between, others: Sums) -> tuple[float, float]:
    """Return how many wrong answers any two would share on these places, and how many these two."""
    usual = (others.alike_at.sum() + 1) / (others.all_at.sum() + 1)
    one, other = (_rate(others, person, usual) / usual for person in pair)
    of_any = math.fsum(
        count * (others.alike_at[place] + NEIGHBOURS * usual) / (others.all_at[place] + NEIGHBOURS)
        for place, count in between.common_at.items()
    )
    return of_any, of_any * max(one, other, one * other)


def _rate(sums: Sums, person: int, usual: float) -> float:
    """Return the rate at which somebody shares wrong answers, a standard deviation above what was seen."""
    seen = float(sums.alike_of[person])
    return (seen + math.sqrt(max(seen, 0)) + OTHERS * usual) / (float(sums.all_of[person]) + OTHERS)


def _connected(tied: list[Pair]) -> list[tuple[int, ...]]:
    ring = {person: {person} for pair in tied for person in pair}
    for one, other in tied:
        if ring[one] is not ring[other]:
            ring[one] |= ring[other]
            for person in ring[other]:
                ring[person] = ring[one]
    return sorted({tuple(sorted(members)) for members in ring.values()})
