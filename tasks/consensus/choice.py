"""Decide a question that has a few fixed answers."""

from collections.abc import Iterable

from .ballots import Ballot, Verdict, in_order, text_of
from .weights import RHO, discounts, heaviest, share, totals, weight_of

METHOD, METHOD_VERSION = "weighted-choice", "1"


def weigh_choices(ballots: Iterable[Ballot], choices: int | None = None, *, rho: float = RHO) -> Verdict:
    """Return the most probable label under a uniform prior and one reliability per volunteer.

    ``choices`` is the number of labels that the question offers (2 for yes or no); unknown, it is the number of
    labels voted for, but at least 2. The marks are labels like any other. A wrong volunteer is taken to pick evenly
    among the other labels; with equal reliabilities this is majority vote with a posterior
    (the one-coin model of Dawid & Skene 1979, doi:10.2307/2346806).

    Raises ``ValueError`` when nobody has voted.
    """
    cast = in_order(ballots)
    votes = [ballot.vote for ballot in cast]
    labels = max(choices or 0, len(set(votes)), 2)
    weights = [
        weight_of(ballot.reliability, labels - 1) * discount
        for ballot, discount in zip(cast, discounts(cast, rho), strict=True)
    ]
    sums = totals(votes, weights)
    winner = heaviest(votes, weights)
    return Verdict(
        vote=winner,
        reading=published_reading(winner, cast, weights),
        agreement=votes.count(winner) / len(votes),
        confidence=share(winner, sums, labels - len(sums)),
        weights=tuple((ballot.answer, weight) for ballot, weight in zip(cast, weights, strict=True)),
        method=METHOD,
        method_version=METHOD_VERSION,
        parameters=(("labels", labels), ("rho", rho)),
    )


def published_reading(winner: str, cast: list[Ballot], weights: list[float]) -> str:
    """Return the heaviest of the forms in which the winning vote was typed; the marks have none."""
    if not text_of(winner):
        return ""
    behind = [(ballot.published, weight) for ballot, weight in zip(cast, weights, strict=True) if ballot.vote == winner]
    return heaviest([reading for reading, _ in behind], [weight for _, weight in behind])
