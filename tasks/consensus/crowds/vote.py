"""Votes counted, all volunteers alike."""

from .crowd import Crowd, Part, Real
from .fitting import Believe

SMOOTHING = 1.0


def smoothed_vote(crowd: Crowd, smoothing: float = SMOOTHING) -> Believe:
    """Tell p[k, i] = (votes[k, i] + s / K) / (votes[i] + s).

    The mean of a Dirichlet posterior whose prior weighs as much as ``smoothing`` = s answers; K labels. The label with
    the most votes is that of a majority vote.
    """

    def believe(part: Part) -> Real:
        votes = part.votes + smoothing / crowd.labels
        return votes / votes.sum(0)

    return believe
