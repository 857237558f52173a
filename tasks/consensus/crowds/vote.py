"""Votes counted, all volunteers alike."""

from .crowd import Crowd, Real

SMOOTHING = 1.0


def smoothed_vote(crowd: Crowd, smoothing: float = SMOOTHING) -> Real:
    """Return p[i, k] = (votes[i, k] + s / K) / (votes[i] + s), shape (tasks, labels).

    The mean of a Dirichlet posterior whose prior weighs as much as ``smoothing`` = s answers; K labels. The label with
    the most votes is that of a majority vote.
    """
    votes = crowd.votes()
    return (votes + smoothing / crowd.labels) / (votes.sum(1, keepdims=True) + smoothing)
