"""Merge several readings of one line."""

from collections.abc import Iterable

from .ballots import Ballot, Verdict, in_order, is_said
from .choice import published_reading
from .medoid import find_medoid
from .normalisation import EXACT, Normalisation
from .weights import RHO, discounts, heaviest, share, totals, weight_of

METHOD_VERSION = "1"
WRONG_READINGS = 10
WRONG_MARKS = 4


def merge_readings(ballots: Iterable[Ballot], rules: Normalisation = EXACT, *, rho: float = RHO) -> Verdict:
    """Return the most probable reading.

    Raises ``ValueError`` when nobody has voted.
    """
    cast = in_order(ballots)
    votes = [ballot.vote for ballot in cast]
    weights = [
        weight_of(ballot.reliability, WRONG_READINGS if is_said(ballot.vote) else WRONG_MARKS) * discount
        for ballot, discount in zip(cast, discounts(cast, rho), strict=True)
    ]
    winner = heaviest(votes, weights)
    method = "identical-readings"
    if is_said(winner) and votes.count(winner) == 1 and len(votes) > 1:
        said = [i for i, vote in enumerate(votes) if is_said(vote)]
        winner = votes[said[find_medoid([votes[i] for i in said], [weights[i] for i in said])]]
        method = "medoid"
    sums = totals(votes, weights)
    return Verdict(
        vote=winner,
        reading=published_reading(winner, cast, weights),
        agreement=votes.count(winner) / len(votes),
        confidence=share(winner, sums, max(WRONG_READINGS + 1 - len(sums), 0)),
        weights=tuple((ballot.answer, weight) for ballot, weight in zip(cast, weights, strict=True)),
        method=method,
        method_version=METHOD_VERSION,
        parameters=(("rho", rho), ("wrong_marks", WRONG_MARKS), ("wrong_readings", WRONG_READINGS)),
    )
