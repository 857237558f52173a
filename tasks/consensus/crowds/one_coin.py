"""One reliability per volunteer."""

from dataclasses import dataclass

import numpy as np

from .crowd import Crowd, Part, Real
from .fitting import MOST_STEPS, NEAR, Believe, normalised, prevalence, right_in
from .skill import share_right
from .vote import smoothed_vote

PRIOR_ANSWERS = 4.0
LEAST, MOST = 0.01, 0.99


@dataclass(frozen=True)
class OneCoin:
    """``reliability``: q[j], shape (volunteers,); ``prevalence``: pi[k], shape (labels,)."""

    reliability: Real
    prevalence: Real

    def believe(self, part: Part) -> Real:
        """Return p[k, i], shape (labels, tasks of the part)."""
        labels = len(self.prevalence)
        weights = np.log(self.reliability * max(labels - 1, 1) / (1 - self.reliability))
        return normalised(part.weighed(weights) + np.log(self.prevalence)[:, None])


def fit_one_coin(crowd: Crowd) -> OneCoin:
    """Fit the model in which volunteer j is right with probability q[j] and else picks evenly among the others.

    E: log p[k, i] = log pi[k] + sum over j of w[j] [l_ij = k], w[j] = log(q[j] (K - 1) / (1 - q[j])).
    M: q[j] = (expected right answers + s g) / (answers + s), g the crowd's mean, s = ``PRIOR_ANSWERS``.
    After Dawid & Skene 1979 (doi:10.2307/2346806) with one parameter per person. Only ``Crowd.overlapping`` teaches.
    """
    taught = crowd.overlapping()
    right, coin = _learn(taught, smoothed_vote(crowd))
    for _step in range(MOST_STEPS):
        before, (right, coin) = right, _learn(taught, coin.believe)
        if np.abs(right - before).sum() <= NEAR * len(taught.task):
            break
    return coin


def _learn(crowd: Crowd, believe: Believe) -> tuple[Real, OneCoin]:
    """Return how many answers of each volunteer are right if the belief is, and the model that follows from it."""
    right, tasks = np.zeros(crowd.volunteers), np.zeros(crowd.labels)
    for part in crowd.parts():
        belief = believe(part)
        right += right_in(part, belief, crowd.volunteers)
        tasks += belief.sum(1)
    reliability = np.clip(share_right(crowd, right, PRIOR_ANSWERS), LEAST, MOST)
    return right, OneCoin(reliability, prevalence(tasks))
