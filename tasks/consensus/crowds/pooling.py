"""One belief out of several, with weights that known tasks teach."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .crowd import Crowd, Real
from .fitting import normalised

RIDGE = 2.0
ASSUMED = 5.0  # known tasks that the usual pool's own belief weighs beside the real ones
SAMPLE = 200  # tasks on which that belief is looked at
LEAST, TINY = 1e-6, 1e-300
MOST_STEPS, NEAR = 50, 1e-6
RHO = 0.2  # how far the errors of two answers to one task correlate


def independent_share(crowd: Crowd, rho: float = RHO) -> Real:
    """Return b[i] = 1 / (1 + (n[i] - 1) rho), shape (tasks,): how much of an independent answer each is worth.

    The effective sample size of a cluster (Kish 1965, Survey Sampling): volunteers who see the same smudge err alike.
    """
    return 1 / (1 + np.maximum(crowd.answers_of_task - 1, 0) * rho)


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


def fit_weights(logs: Sequence[Real], usual: Real, tasks: NDArray[np.integer], labels: NDArray[np.integer]) -> Real:
    """Return the weights of the views, shape (views,), given that the label of task ``tasks[g]`` is ``labels[g]``.

    ``logs``: a view each, shape (labels, tasks); ``usual``: the weights that hold when nothing is known. Maximises

        sum_g log p[labels[g], tasks[g]] + A mean_s sum_k u[k, s] log p[k, s] - R / 2 |weights - usual|^2

    by Newton's method, p being the pool: A = ``ASSUMED`` tasks more count as known the way the usual pool u believes
    them, so that a few odd known tasks cannot turn the crowd around; R = ``RIDGE``. A sum of weights above the usual
    one sharpens, below it softens: the temperature of Guo et al. 2017 (arXiv:1706.04599) is fitted on the way.
    """
    shown = np.unique(np.linspace(0, logs[0].shape[1] - 1, SAMPLE).astype(np.intp))
    places = np.concatenate([tasks, shown])
    views = np.stack([view[:, places] for view in logs])  # views, labels, tasks
    target = np.zeros(views.shape[1:])
    target[labels, np.arange(len(labels))] = 1
    target[:, len(labels) :] = pool(views[:, :, len(labels) :], usual) * (ASSUMED / len(shown))
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
