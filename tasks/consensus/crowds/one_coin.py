"""One reliability per volunteer."""

from dataclasses import dataclass

import numpy as np

from .crowd import Crowd, Real
from .fitting import Counts, Rule, count, prevalence, settle
from .skill import per_label, share_right
from .vote import smoothed_vote

PRIOR_ANSWERS = 4.0
LEAST, MOST = 0.01, 0.99


@dataclass(frozen=True)
class OneCoin:
    """``rule``: what follows for a task from its answers; ``reliability``: q[j], shape (volunteers,)."""

    rule: Rule
    reliability: Real


def fit_one_coin(crowd: Crowd) -> OneCoin:
    """Fit the model in which volunteer j is right with probability q[j] and else picks evenly among the others.

    E: log p[k, i] = log pi[k] + sum over j of w[j] [l_ij = k], w[j] = log(q[j] (K - 1) / (1 - q[j])).
    M: q[j] = (expected right answers + s g) / (answers + s), g the crowd's mean, s = ``PRIOR_ANSWERS``.
    After Dawid & Skene 1979 (doi:10.2307/2346806) with one parameter per person. Only ``Crowd.overlapping`` teaches.
    """
    taught = crowd.overlapping()
    reliability = np.zeros(crowd.volunteers)

    def rule_of(counts: Counts) -> Rule:
        reliability[:] = np.clip(share_right(taught, counts.said, PRIOR_ANSWERS), LEAST, MOST)
        weights = np.log(reliability * max(crowd.labels - 1, 1) / (1 - reliability))
        return Rule(np.log(prevalence(counts.tasks)), per_label(weights, crowd.labels))

    rule = settle(taught, count(taught, smoothed_vote(crowd)), rule_of)
    return OneCoin(rule, reliability)
