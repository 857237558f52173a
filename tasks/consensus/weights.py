"""How much one ballot counts."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from .ballots import Ballot

RHO = 0.2
_LEAST, _MOST = 0.01, 0.99


def weight_of(reliability: float, alternatives: float) -> float:
    """Return the evidence, in nats, that a volunteer's choice is right rather than any one other.

    A wrong volunteer is taken to pick evenly among ``alternatives`` wrong values. Somebody worse than chance weighs
    nothing: they are ignored, never turned around. Nobody is trusted beyond 99 %.
    """
    reliability = min(max(reliability, _LEAST), _MOST)
    return max(0.0, math.log(reliability * alternatives / (1 - reliability)))


def discounts(ballots: Iterable[Ballot], rho: float) -> list[float]:
    """Return, for each ballot, the share of an independent vote that it is worth.

    n ballots of one group count together for n / (1 + (n - 1) rho) votes, the effective sample size of a cluster
    with intra-class correlation ``rho`` (Kish 1965). Ballots without a group are independent.
    """
    ballots = list(ballots)
    sizes = Counter(ballot.group for ballot in ballots if ballot.group is not None)
    return [1 / (1 + (sizes[ballot.group] - 1) * rho) if ballot.group is not None else 1.0 for ballot in ballots]


def totals(keys: Sequence[str], weights: Sequence[float]) -> dict[str, float]:
    """Return the sum of weights per key."""
    sums = dict.fromkeys(keys, 0.0)
    for key, weight in zip(keys, weights, strict=True):
        sums[key] += weight
    return sums


def heaviest(keys: Sequence[str], weights: Sequence[float]) -> str:
    """Return the key with the most weight; a tie goes to more votes, then to the first in code point order."""
    sums, votes = totals(keys, weights), Counter(keys)
    return min(sums, key=lambda key: (-round(sums[key], 9), -votes[key], key))


def share(winner: str, sums: Mapping[str, float], unseen: float = 0) -> float:
    """Return the posterior of ``winner`` among the values voted for and ``unseen`` others that nobody chose."""
    top = max(sums.values())
    rest = math.fsum(math.exp(value - top) for value in sums.values()) + unseen * math.exp(-top)
    return math.exp(sums[winner] - top) / rest
