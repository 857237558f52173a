"""The consensus of a crowd: several models side by side, because each of them fails on some crowd."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .confusion import fit_confusion
from .correlated import KINDS, fit_correlated
from .crowd import Crowd, Real
from .one_coin import fit_one_coin
from .pooling import fit_weights, independent_share, logs_of, pool
from .skill import skill_weighted_vote
from .vote import smoothed_vote

type View = Callable[[Crowd], Real]

VOTES: dict[str, View] = {"vote": smoothed_vote, "skill": skill_weighted_vote}
MODELS: dict[str, View] = {
    "one coin": lambda crowd: fit_one_coin(crowd).belief,
    "confusion": lambda crowd: fit_confusion(crowd).belief,
    "correlated": fit_correlated,
}
VIEWS = VOTES | MODELS
MOST_CELLS = 30_000_000  # numbers in the tables of the finest model


@dataclass(frozen=True)
class Known:
    """Tasks whose label is known: ``label[g]`` is that of ``task[g]``; both of shape (known tasks,)."""

    task: NDArray[np.intp]
    label: NDArray[np.intp]


NOTHING = Known(np.empty(0, np.intp), np.empty(0, np.intp))


@dataclass(frozen=True)
class Blend:
    """``belief``: p[k, i], shape (labels, tasks); ``weights`` of the views by name; ``known``: how many known tasks
    taught them, 0 when they are the usual ones and the confidence is not calibrated."""

    belief: Real
    weights: dict[str, float]
    known: int


def blend(crowd: Crowd, known: Known = NOTHING) -> Blend:
    """Return the belief about every task.

    Without known tasks half vote, half confusion model: the vote keeps the model from running away, the model tells
    people apart. With them all views, weighted as ``fit_weights`` says. The models take errors for independent, which
    they are not: their logarithms are multiplied by ``independent_share`` (the rho of 0.2 suits crowds of 3 to 20
    answers a task). The known labels themselves never enter the belief: of a known task it says what the crowd thinks.
    """
    usual = usual_weights(crowd)
    names = [name for name, weight in usual.items() if weight or len(known.task)]
    share = independent_share(crowd)
    logs = [logs_of(VIEWS[name](crowd)) * (share if name in MODELS else 1.0) for name in names]
    weights = np.array([usual[name] for name in names])
    if len(known.task):
        weights = fit_weights(logs, weights, known.task, known.label)
    taught = dict(zip(names, weights.tolist(), strict=True))
    return Blend(pool(logs, weights), taught, len(known.task))


def usual_weights(crowd: Crowd) -> dict[str, float]:
    """Return the weight of each view where nothing is known; tables too large for the memory are no view."""
    size = crowd.cells * crowd.labels
    if size > MOST_CELLS:
        return {"vote": 0.5, "skill": 0.0, "one coin": 0.5}
    weights = {"vote": 0.5, "skill": 0.0, "one coin": 0.0, "confusion": 0.5}
    return weights if size * KINDS > MOST_CELLS else weights | {"correlated": 0.0}


def right_answers(crowd: Crowd, belief: Real) -> Real:
    """Return how many answers of each volunteer are expected to be right, shape (volunteers,).

    What skills are rewritten from after a refit, beside ``Crowd.answers_of_volunteer``; ``belief``: that of the blend.
    """
    right = np.zeros(crowd.volunteers)
    for part in crowd.parts():
        volunteer, label = np.divmod(part.cell, crowd.labels)
        right += np.bincount(volunteer, belief[label, part.first + part.task], crowd.volunteers)
    return right
