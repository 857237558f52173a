"""What people of a project type in place of a word, learned from its own columns."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..columns import Election, Keys

WEIGHT = 0.05
_PRIOR = 10.0  # how many slips what is generally typed by mistake counts for, in each word
_UNSEEN = 0.5


@dataclass(frozen=True)
class Slips:
    """How often who typed ``typed`` lost to ``winner``, by (typed, winner), in all columns of a project."""

    pairs: Counter[tuple[Keys, Keys]]

    @classmethod
    def count(cls, elections: Iterable[Election]) -> "Slips":
        pairs: Counter[tuple[Keys, Keys]] = Counter()
        for election in elections:
            for winner, keys in election.disputes():
                pairs.update((typed, winner) for typed in keys if typed != winner)
        return cls(pairs)

    @cached_property
    def _typed(self) -> Counter[Keys]:
        return _summed((typed, times) for (typed, _winner), times in self.pairs.items())

    @cached_property
    def _missed(self) -> Counter[Keys]:
        return _summed((winner, times) for (_typed, winner), times in self.pairs.items())

    @cached_property
    def _total(self) -> int:
        return self.pairs.total()

    def evidence(self, winner: Keys, keys: Sequence[Keys]) -> Mapping[Keys, float]:
        """Return what speaks for each of ``keys``, apart from who typed it: how the others would come about by mistake.

        e(k) = 0.05 sum_j log P(x_j | k) over the readings j that have x_j instead of k,
        P(x | k) = (n(x, k) + 10 q(x)) / (n(k) + 10) and q(x) = (n(x) + 1/2) / (n + (d + 1) / 2), with n(x, k) the times
        that x lost to k, n(k), n(x) and n their sums, d the number of different x; all without this column, which was
        counted with ``winner``. These are the confusions of Dawid and Skene (1979), pooled over all people and with
        words for labels; the factor is small because people mishear and misread together.
        """
        here = Counter(key for key in keys if key != winner)
        general = self._general(keys, here)
        return {key: self._evidence(key, keys, here if key == winner else Counter(), general) for key in set(keys)}

    def _general(self, keys: Sequence[Keys], here: Counter[Keys]) -> Mapping[Keys, float]:
        """Return 10 q(x) for each of ``keys``."""
        different = len(self._typed) - sum(self._typed[key] == times for key, times in here.items())
        size = self._total - here.total() + _UNSEEN * (different + 1)
        return {key: _PRIOR * (self._typed[key] - here[key] + _UNSEEN) / size for key in keys}

    def _evidence(self, right: Keys, keys: Sequence[Keys], here: Counter[Keys], general: Mapping[Keys, float]) -> float:
        missed = self._missed[right] - here.total() + _PRIOR
        return WEIGHT * math.fsum(
            math.log((self.pairs[typed, right] - here[typed] + general[typed]) / missed)
            for typed in keys
            if typed != right
        )


def _summed(counts: Iterable[tuple[Keys, int]]) -> Counter[Keys]:
    sums: Counter[Keys] = Counter()
    for key, times in counts:
        sums[key] += times
    return sums
