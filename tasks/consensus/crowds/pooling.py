"""One belief out of several, with weights that known tasks teach."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .crowd import Real
from .fitting import normalised

RIDGE = 2.0
ASSUMED = 5.0  # known tasks that the usual pool's own belief weighs beside the real ones
LEAST, TINY = 1e-6, 1e-300
MOST_STEPS, NEAR = 50, 1e-6
RHO = 0.2  # how far the errors of two answers to one task correlate


def independent_share(answers: NDArray[np.integer], rho: float = RHO) -> Real:
    """Return b[i] = 1 / (1 + (n[i] - 1) rho), shape (tasks,): how much of an independent answer each is worth.

    ``answers``: n[i], shape (tasks,). The effective sample size of a cluster (Kish 1965, Survey Sampling): volunteers
    who see the same smudge err alike.
    """
    others: Real = np.maximum(answers - 1, 0).astype(float)
    return np.reciprocal(1 + others * rho)


def logs_of(belief: Real) -> Real:
    return np.log(np.maximum(belief, LEAST))


def pool(logs: Iterable[Real], weights: Real) -> Real:
    """Return p[k, i] proportional to the product over v of exp(weights[v] logs[v][k, i]), shape (labels, tasks).

    A logarithmic opinion pool (Genest & Zidek 1986, doi:10.1214/ss/1177013825) of ``logs``, each of that shape.
    """
    weighted = (weight * view for view, weight in zip(logs, weights, strict=True))
    total = next(weighted)
    for view in weighted:
        total += view
    return normalised(total)


def fit_weights(views: Real, known: NDArray[np.integer], usual: Real) -> Real:
    """Return the weights of the views, shape (views,), learned from tasks of which some are known.

    ``views``: logarithms, shape (views, labels, tasks); ``usual``: the weights that hold when nothing is known;
    ``known``: the label of each task, -1 where it is not known. Maximises

        sum_g log p[known[g], g] + A mean_s sum_k u[k, s] log p[k, s] - R / 2 |weights - usual|^2

    by Newton's method, p being the pool: A = ``ASSUMED`` tasks more count as known the way the usual pool u believes
    the unknown tasks s, so that a few odd known tasks cannot turn the crowd around; R = ``RIDGE``. A sum of weights
    above the usual one sharpens, below it softens: the temperature of Guo et al. 2017 (arXiv:1706.04599) is fitted on
    the way.
    """
    sure = np.flatnonzero(known >= 0)
    target = pool(views, usual) * (ASSUMED / max(len(known) - len(sure), 1))
    target[:, sure] = 0
    target[known[sure], sure] = 1
    return _climb(views, target, usual)


def _climb(views: Real, target: Real, usual: Real) -> Real:
    """Go up by Newton steps, each halved until it does go up: the peak is the only one, but the slope bends."""
    weights, height = usual, _height(views, target, usual, usual)
    for _step in range(MOST_STEPS):
        move = _newton_step(views, target, weights, usual)
        while (higher := _height(views, target, weights + move, usual)) < height and np.abs(move).max() > NEAR:
            move /= 2
        if np.abs(move).max() <= NEAR:
            break
        weights, height = weights + move, higher
    return weights


def _height(views: Real, target: Real, weights: Real, usual: Real) -> float:
    gain = np.sum(target * np.log(np.maximum(pool(views, weights), TINY)))
    return float(gain - RIDGE / 2 * np.sum((weights - usual) ** 2))


def _newton_step(views: Real, target: Real, weights: Real, usual: Real) -> Real:
    belief = pool(views, weights)
    expected = belief * target.sum(0)
    mean = np.einsum("vki,ki->vi", views, belief)
    slope = np.einsum("vki,ki->v", views, target - expected) - RIDGE * (weights - usual)
    bend = np.einsum("vki,uki,ki->vu", views, views, expected) - (mean * target.sum(0)) @ mean.T
    return np.linalg.solve(bend + RIDGE * np.eye(len(usual)), slope)
