"""Votes counted, all volunteers alike."""

import numpy as np

from .crowd import Crowd, Part, Real
from .fitting import belief_of

SMOOTHING = 1.0


def smoothed_vote(crowd: Crowd, smoothing: float = SMOOTHING) -> Real:
    """Return p[k, i] = (votes[k, i] + s / K) / (votes[i] + s), shape (labels, tasks).

    The mean of a Dirichlet posterior whose prior weighs as much as ``smoothing`` = s answers; K labels. The label with
    the most votes is that of a majority vote.
    """
    return belief_of(crowd, lambda part: vote_of(part, crowd.labels, smoothing))


def vote_of(part: Part, labels: int, smoothing: float = SMOOTHING) -> Real:
    """Return the smoothed vote of a part, shape (labels, tasks of the part)."""
    votes = votes_of(part, labels) + smoothing / labels
    return votes / votes.sum(0)


def votes_of(part: Part, labels: int) -> Real:
    """Return how many chose each label, shape (labels, tasks of the part)."""
    counted = np.bincount(part.cell % labels * part.tasks + part.task, minlength=labels * part.tasks)
    return counted.reshape(labels, part.tasks).astype(float)
