"""How much ballots count, one by one and together."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from .ballots import Ballot, is_said

RHO_GROUP = 0.65  # a text is settled by four newcomers of one network, by no fewer, and by two strangers
_LEAST, _MOST = 0.01, 0.99
DIGITS = 6  # of weights: what is published is what was reckoned with
_DIGITS = 9  # sums of floats that differ by less are a tie


def weight_of(reliability: float, alternatives: float) -> float:
    """Return the evidence, in nats, that a volunteer's vote is right rather than any one other.

    A wrong volunteer is taken to pick evenly among ``alternatives`` wrong values. Somebody worse than chance weighs
    nothing: they are ignored, never turned around. Nobody is trusted beyond 99 %.
    """
    reliability = min(max(reliability, _LEAST), _MOST)
    return max(0.0, math.log(reliability * alternatives / (1 - reliability)))


def discounts(ballots: Sequence[Ballot], rho: float, rho_group: float) -> list[float]:
    """Return, for each ballot, how much of an independent vote it is worth, its own ``share`` included.

    n ballots whose errors correlate by ``rho`` count together for n / (1 + (n - 1) rho) independent ones, the
    effective sample size of a cluster (Kish 1965, Survey Sampling). All volunteers see the same smudge, so ``rho``
    holds between any two; ``rho_group`` is added between two of one group. The most reliable counts in full and each
    further one for what they add, equals in equal parts: so nobody who agrees can ever take evidence away, as they
    could if all shared one discount. n is the sum of the ballots' shares: who is muted takes no room from others.
    """
    shares = _shares(ballots, rho)
    for group in {ballot.group for ballot in ballots} - {None}:
        mates = [place for place, ballot in enumerate(ballots) if ballot.group == group]
        among = _shares([ballots[place] for place in mates], rho + rho_group)
        for place, share in zip(mates, among, strict=True):
            shares[place] = min(shares[place], share)
    return shares


def _shares(ballots: Sequence[Ballot], rho: float) -> list[float]:
    """Return what each of several votes adds to those of more reliable people."""
    equal: dict[float, float] = {}
    for ballot in sorted(ballots, key=lambda ballot: (ballot.reliability, ballot.share), reverse=True):
        equal[ballot.reliability] = equal.get(ballot.reliability, 0.0) + ballot.share
    worth, better = {}, 0.0
    for reliability, votes in equal.items():
        worth[reliability] = (_independent(better + votes, rho) - _independent(better, rho)) / votes if votes else 0.0
        better += votes
    return [ballot.share * worth[ballot.reliability] for ballot in ballots]


def _independent(votes: float, rho: float) -> float:
    """Return how many independent votes so many are worth; up to one there is nothing to correlate with."""
    return votes / (1 + (votes - 1) * rho) if votes > 1 else votes


def totals(keys: Sequence[str], weights: Sequence[float]) -> dict[str, float]:
    """Return the sum of weights per key."""
    sums = dict.fromkeys(keys, 0.0)
    for key, weight in zip(keys, weights, strict=True):
        sums[key] += weight
    return sums


def heaviest(keys: Sequence[str], weights: Sequence[float], *, favourite: str | None = None) -> str:
    """Return the key with the most weight.

    A tie goes to ``favourite``, then to more votes, then to the first in code point order.
    """
    sums, votes = totals(keys, weights), Counter(keys)
    return min(sums, key=lambda key: (-round(sums[key], _DIGITS), key != favourite, -votes[key], key))


def outweighs(key: str, sums: Mapping[str, float]) -> bool:
    """Tell whether ``key`` has more weight than all others together."""
    return round(2 * sums[key] - math.fsum(sums.values()), _DIGITS) > 0


def posterior(key: str, sums: Mapping[str, float], size: float) -> float:
    """Return the probability of ``key`` among ``size`` equally likely values, given their weights.

    Values that nobody voted for weigh nothing; there are never fewer values than keys.
    """
    top = max(sums.values())
    unseen = max(size - len(sums), 0) * math.exp(-top)
    return math.exp(sums[key] - top) / (math.fsum(math.exp(total - top) for total in sums.values()) + unseen)


def heard[Voter](voters: Sequence[Voter], weights: Sequence[float]) -> tuple[list[Voter], list[float]]:
    """Return those who weigh anything and their weights; all of them where nobody does."""
    if not any(weights):
        return list(voters), list(weights)
    loud = [(voter, weight) for voter, weight in zip(voters, weights, strict=True) if weight]
    return [voter for voter, _weight in loud], [weight for _voter, weight in loud]


def typed_form(vote: str, ballots: Sequence[Ballot], weights: Sequence[float]) -> str:
    """Return the heaviest of the forms in which ``vote`` was really typed; the marks have none."""
    if not is_said(vote):
        return ""
    behind = [(ballot.typed, weight) for ballot, weight in zip(ballots, weights, strict=True) if ballot.vote == vote]
    return heaviest([form for form, _ in behind], [weight for _, weight in behind])
