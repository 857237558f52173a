"""Volunteers who err together: hidden kinds of tasks explain it."""

import numpy as np

from .crowd import Crowd, Part, Real
from .fitting import Believe, Counts, Rule, count, settle

KINDS = 4
STARTS = 6
ANSWERS_AT_MOST = 1_500_000  # that teach, in all starts together: neither chance nor a part matters much there
MOST_SUMS = 60_000_000  # answers times hidden kinds of all labels: fewer answers teach where labels are many
MOST_STEPS = 10  # more of them move the hidden kinds, hardly ever a label
KINDS_PRIOR = 0.1
HIT_PRIOR, MISS_PRIOR = 4.0, 1.0


def fit_correlated(crowd: Crowd, kinds: int = KINDS, starts: int = STARTS) -> Believe:
    """Tell p[k, i] by enhanced Bayesian classifier combination.

    Each true label k has ``kinds`` hidden kinds of tasks m, each with its own confusion of every volunteer: tasks of a
    kind fool the same people, so agreement among them proves less. Mean-field variational inference as in Li,
    Rubinstein & Cohn 2019 (EBCC, proceedings.mlr.press/v97/li19i.html): with q[k, m, i],
    eta[k, m] = a / M + sum_i q, nu[k] = 1 + sum_im q, mu[k, m, j, l] = beta[k, l] + sum_i q[k, m, i] [l_ij = l] and
    log q[k, m, i] = E log pi[k, m] + E log tau[k] + sum_j E log v[k, m, j, l_ij], each expectation a difference of
    digammas. Only ``Crowd.overlapping`` teaches. The mean over as many as ``starts`` random starts of fixed seed.
    """
    at_most = min(ANSWERS_AT_MOST, MOST_SUMS // (kinds * max(crowd.labels, 1)))
    taught = crowd.overlapping(at_most)
    starts = max(1, min(starts, at_most // max(len(taught.task), 1)))
    rules = [_fit_once(taught, kinds, np.random.default_rng(seed)) for seed in range(starts)]

    def believe(part: Part) -> Real:
        belief = np.zeros((crowd.labels, part.tasks))
        for rule in rules:
            belief += rule.believe(part).reshape(crowd.labels, kinds, part.tasks).sum(1) / starts
        return belief

    return believe


def _fit_once(crowd: Crowd, kinds: int, chance: np.random.Generator) -> Rule:
    def start(part: Part) -> Real:
        votes = part.votes + 1e-9
        kind = chance.dirichlet(np.ones(kinds), part.tasks).T  # the same for all labels, whatever their order
        return (kind * (votes / votes.sum(0))[:, None]).reshape(crowd.labels * kinds, part.tasks)

    return settle(crowd, count(crowd, start), lambda counts: _rule_of(counts, crowd, kinds), MOST_STEPS)


def _rule_of(counts: Counts, crowd: Crowd, kinds: int) -> Rule:
    """Return E log pi tau, shape (labels * kinds,), and E log v, shape (labels * kinds, volunteers * labels)."""
    tasks = counts.tasks.reshape(crowd.labels, kinds)
    common = _expected_log(KINDS_PRIOR / kinds + tasks) + _expected_log(1 + tasks.sum(1))[:, None]
    prior = np.eye(crowd.labels) * (HIT_PRIOR - MISS_PRIOR) + MISS_PRIOR
    mu = counts.said.reshape(-1, crowd.volunteers, crowd.labels) + np.repeat(prior, kinds, axis=0)[:, None]
    return Rule(common.ravel(), _expected_log(mu).reshape(len(mu), -1))


def _expected_log(dirichlet: Real) -> Real:
    """Return E log p where p is Dirichlet-distributed with these parameters, along the last axis."""
    return digamma(dirichlet) - digamma(dirichlet.sum(-1, keepdims=True))


def digamma(x: Real) -> Real:
    """Return the derivative of log gamma at positive ``x``, good to 1e-10: shifted up by recurrence, then the
    asymptotic series (Abramowitz & Stegun 1964, 6.3.18)."""
    shift = sum((1 / (x + n) for n in range(6)), np.zeros_like(x))
    x = x + 6
    square = 1 / (x * x)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return np.log(x) - 0.5 / x - series - shift
