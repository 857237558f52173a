"""Tasks that are harder than others: how far people agree on each tells how much they differ."""

import numpy as np

from .crowd import Crowd, Part, Real
from .fitting import Believe, normalised

NODES, SHARES = np.polynomial.hermite_e.hermegauss(7)
SPREADS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
ANSWERS_AT_MOST = 100_000  # that tell how much tasks differ
LEAST, MOST = 0.01, 0.99


def fit_difficulty(crowd: Crowd, reliability: Real) -> Believe:
    """Tell p[k, i] where each task is as hard as its answers make likely.

    Volunteer j is right about task i with the log-odds a[j] + s z[i] against any one wrong label, z standard normal:
    the model of Rasch (1960) with tasks drawn at random, as in GLAD (Whitehill et al. 2009). A task with a z low enough
    fools most people alike, so the more tasks differ the less agreement proves. The integral over z is a sum over
    Gauss-Hermite nodes. ``reliability``, shape (volunteers,), is how often each is right over all tasks; a[j] follows
    from it, s is the one of ``SPREADS`` that makes the answers most probable where labels are equally likely. Only
    ``Crowd.overlapping`` tells of s.
    """
    taught = crowd.overlapping(ANSWERS_AT_MOST)
    spread = max(SPREADS, key=lambda spread: _evidence(taught, reliability, spread))
    return lambda part: normalised(_logs(part, reliability, spread, crowd.labels))


def _evidence(crowd: Crowd, reliability: Real, spread: float) -> float:
    """Return the log-probability of all answers, but for what is the same for every spread."""
    logs = (_logs(part, reliability, spread, crowd.labels) for part in crowd.parts())
    return float(sum(np.logaddexp.reduce(of_part, axis=0).sum() for of_part in logs))


def _logs(part: Part, reliability: Real, spread: float, labels: int) -> Real:
    """Return log p(answers of task i | label k), but for what is the same for all labels; shape (labels, tasks)."""
    others = max(labels - 1, 1)
    ahead = _ahead(reliability, spread, others)
    nodes, shares = NODES * spread, SHARES / SHARES.sum()
    wrong = -np.logaddexp(ahead + nodes[:, None], np.log(others))  # log-probability of one wrong label
    missed = np.stack([part.by_task(part.look_up(row)) for row in np.repeat(wrong, labels, axis=1)])
    missed = missed + np.log(shares)[:, None]  # not in place: sums over no answers are whole numbers
    rows = zip(part.weighed(ahead), part.votes, strict=True)
    return np.stack([right + _log_of_sum(missed + nodes[:, None] * votes) for right, votes in rows])


def _log_of_sum(logs: Real) -> Real:
    """Add up along the first axis what these are the logarithms of; ``logs`` is spent."""
    most = logs.max(0)
    logs -= most
    total: Real = np.exp(logs, out=logs).sum(0)
    return np.log(total) + most


def _ahead(reliability: Real, spread: float, others: int) -> Real:
    """Return a[j], never negative: who is right less often than by chance says nothing.

    The mean of a logistic function over a normal one is about logistic(a / sqrt(1 + pi s^2 / 8)) (MacKay 1992).
    """
    right = np.clip(reliability, LEAST, MOST)
    wider = np.sqrt(1 + np.pi * spread**2 / 8)
    ahead: Real = np.maximum(wider * np.log(right / (1 - right)) + np.log(others), 0)
    return ahead
