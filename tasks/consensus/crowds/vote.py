"""Votes counted, all volunteers alike."""

import numpy as np

from .crowd import Crowd, Part, Real
from .fitting import Believe

SMOOTHING = 1.0


def smoothed_vote(crowd: Crowd, smoothing: float = SMOOTHING) -> Believe:
    """Tell p[k, i] = (votes[k, i] + s / K) / (votes[i] + s).

    The mean of a Dirichlet posterior whose prior weighs as much as ``smoothing`` = s answers; K labels. The label with
    the most votes is that of a majority vote.
    """

    def believe(part: Part) -> Real:
        votes = votes_of(part, crowd.labels) + smoothing / crowd.labels
        return votes / votes.sum(0)

    return believe


def votes_of(part: Part, labels: int) -> Real:
    """Return how many chose each label, shape (labels, tasks of the part)."""
    counted = np.bincount(part.cell % labels * part.tasks + part.task, minlength=labels * part.tasks)
    return counted.reshape(labels, part.tasks).astype(float)
