"""How right a belief is, and how well it knows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .crowd import Real

BINS = 10
LEAST = 1e-15


@dataclass(frozen=True)
class Bin:
    """Tasks of about the same confidence: their mean ``confidence``, the share that is ``right``, and how many."""

    confidence: float
    right: float
    tasks: int


@dataclass(frozen=True)
class Score:
    """``log_loss`` is the mean of -log p of the true label, in nats."""

    accuracy: float
    log_loss: float
    calibration_error: float


def score(belief: Real, truth: NDArray[np.integer]) -> Score:
    """Judge beliefs, shape (labels, tasks), by the true labels, shape (tasks,)."""
    right = belief.argmax(0) == truth
    given = belief[truth, np.arange(len(truth))]
    bins = reliability(belief.max(0), right)
    return Score(float(right.mean()), float(-np.log(np.maximum(given, LEAST)).mean()), calibration_error(bins))


def reliability(confidence: Real, right: NDArray[np.bool_]) -> list[Bin]:
    """Sort tasks by confidence into ``BINS`` bins of equal width and leave out the empty ones.

    ``confidence`` and ``right``: shape (tasks,). After Guo et al. 2017, arXiv:1706.04599.
    """
    place = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    members = [place == number for number in range(BINS)]
    return [
        Bin(float(confidence[member].mean()), float(right[member].mean()), int(member.sum()))
        for member in members
        if member.any()
    ]


def calibration_error(bins: list[Bin]) -> float:
    """Return by how much confidence misses the share that is right, on average over tasks (ECE)."""
    tasks = sum(bin_.tasks for bin_ in bins)
    return sum(bin_.tasks * abs(bin_.confidence - bin_.right) for bin_ in bins) / max(tasks, 1)
