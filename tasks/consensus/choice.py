"""Decide a question that has a few fixed answers."""

from collections.abc import Iterable

from .ballots import Ballot, Verdict, in_order
from .weights import DIGITS, RHO_GROUP, discounts, heard, heaviest, posterior, totals, typed_form, weight_of

METHOD, METHOD_VERSION = "weighted-choice", "3"
RHO = 0.2  # which calibrates yes-or-no crowds of five to ten best; higher than for texts, where equal errors are rarer


def weigh_choices(
    ballots: Iterable[Ballot], choices: int | None = None, *, rho: float = RHO, rho_group: float = RHO_GROUP
) -> Verdict:
    """Return the most probable label under a uniform prior and one reliability per volunteer.

    ``choices`` is the number of labels that the question offers (2 for yes or no). The marks are labels like any
    other. There are as many labels as are offered or voted for, at least 2, and a wrong volunteer is taken to pick
    evenly among the others: the one-coin model of Dawid & Skene 1979 (doi:10.2307/2346806). With equal reliabilities
    the winner is that of a majority vote.

    Raises ``ValueError`` when nobody has voted.
    """
    cast = in_order(ballots)
    votes = [ballot.vote for ballot in cast]
    labels = max(choices or 0, len({ballot.vote for ballot in cast if ballot.share}), 2)
    weights = [
        round(weight_of(ballot.reliability, labels - 1) * discount, DIGITS)
        for ballot, discount in zip(cast, discounts(cast, rho, rho_group), strict=True)
    ]
    voters, evidence = heard(cast, weights)
    sums = totals([voter.vote for voter in voters], evidence)
    winner = heaviest([voter.vote for voter in voters], evidence)
    return Verdict(
        vote=winner,
        reading=typed_form(winner, voters, evidence),
        agreement=votes.count(winner) / len(votes),
        confidence=posterior(winner, sums, labels),
        weights=tuple((ballot.answer, weight) for ballot, weight in zip(cast, weights, strict=True)),
        method=METHOD,
        method_version=METHOD_VERSION,
        parameters=(("labels", labels), ("rho", rho), ("rho_group", rho_group)),
    )
