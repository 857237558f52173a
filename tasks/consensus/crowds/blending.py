"""The consensus of a crowd: several models side by side, because each of them fails on some crowd."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .confusion import fit_confusion
from .correlated import KINDS, fit_correlated
from .crowd import Crowd, Part, Real
from .difficulty import fit_difficulty
from .fitting import Believe, belief_of, expected_right
from .newcomers import newcomers_record
from .one_coin import fit_one_coin
from .pooling import fit_weights, independent_share, logs_of, pool
from .skill import skill_weighted_vote
from .telling import alike, telling_share
from .vote import smoothed_vote

type View = Callable[[Crowd], Believe]

VOTES: dict[str, View] = {"vote": smoothed_vote, "skill": skill_weighted_vote}
MODELS: dict[str, View] = {
    "one coin": lambda crowd: fit_one_coin(crowd).believe,
    "confusion": lambda crowd: fit_confusion(crowd).rule.believe,
    "correlated": fit_correlated,
}
VIEWS = VOTES | MODELS
DIFFICULTY = "difficulty"  # a second look at what the others have found
ANSWERS_AT_MOST = 3_000_000  # that tell how reliable people are, for the view of difficulty
SAMPLE = 200  # unknown tasks that the weights are fitted on beside the known ones


@dataclass(frozen=True)
class Known:
    """Tasks whose label is known: ``label[g]`` is that of ``task[g]``; both of shape (known tasks,), no task twice."""

    task: NDArray[np.intp]
    label: NDArray[np.intp]


NOTHING = Known(np.empty(0, np.intp), np.empty(0, np.intp))


@dataclass(frozen=True)
class Blend:
    """What is believed of the tasks of ``crowd``, part by part by ``believe``.

    ``weights`` of the views by name; ``known``: how many known tasks taught them, 0 when they are the usual ones and
    the confidence is not calibrated.
    """

    crowd: Crowd
    believe: Believe
    weights: dict[str, float]
    known: int

    @cached_property
    def belief(self) -> Real:
        """All of it at once: p[k, i], shape (labels, tasks)."""
        return belief_of(self.crowd, self.believe)


def blend(crowd: Crowd, known: Known = NOTHING, usual: Mapping[str, float] | None = None) -> Blend:
    """Return the belief about every task.

    Views that tell people apart are believed as far as the answers tell of people (``telling_share``); for the rest
    everybody is taken to be equally good (``alike``), so that where nothing can be learned a majority decides.

    Without known tasks vote, confusion and difficulty in equal parts: the vote keeps the models from running away, the
    confusion tells people apart, the difficulty tells what agreement proves here. With them all views, weighted as
    ``fit_weights`` says. The known labels themselves never enter the belief: of a known task it says what the crowd
    thinks. ``usual``: the weights of the views where nothing is known, if not ``usual_weights``.
    """
    usual = usual or usual_weights(crowd)
    views = {
        name: VIEWS[name](crowd) for name, weight in usual.items() if name in VIEWS and (weight or len(known.task))
    }
    look = look_through(crowd)
    if DIFFICULTY in usual:
        first = {name: view for name, view in views.items() if usual[name]}
        weights = np.array([usual[name] for name in first])
        views[DIFFICULTY] = fit_difficulty(crowd, reliability_by(crowd, look(first), weights / weights.sum()))
    looked_at, weights = look(views), np.array([usual[name] for name in views])
    if len(known.task):
        weights = fit_weights(*shown(crowd, known, looked_at), usual=weights)
    taught = dict(zip(views, weights.tolist(), strict=True))
    return Blend(crowd, lambda part: pool(looked_at(part), weights), taught, len(known.task))


def look_through(crowd: Crowd) -> Callable[[Mapping[str, Believe]], Believe]:
    """Return what makes views tell their logarithms, shape (views, labels, tasks of the part).

    The models take errors for independent, which they are not: their logarithms are multiplied by ``independent_share``
    (the rho of 0.2 suits crowds of 3 to 20 answers a task).
    """
    told, equals, votes = telling_share(crowd), alike(crowd), smoothed_vote(crowd)

    def look(views: Mapping[str, Believe]) -> Believe:
        return lambda part: np.stack(list(logs_by(part, views)))

    def logs_by(part: Part, views: Mapping[str, Believe]) -> Iterator[Real]:
        share = independent_share(part.answers_of_task)
        as_equals = {True: logs_of(votes(part)), False: share * logs_of(equals(part))}
        for name, view in views.items():
            own = logs_of(view(part)) * (share if name in MODELS else 1.0)
            yield told * own + (1 - told) * as_equals[name in VOTES]

    return look


def reliability_by(crowd: Crowd, looked_at: Believe, weights: Real) -> Real:
    """Return how often each volunteer is right if the pool of these views is; shape (volunteers,).

    Who has no answer among those that teach is a newcomer.
    """
    taught = crowd.overlapping(ANSWERS_AT_MOST)
    right = expected_right(taught, lambda part: pool(looked_at(part), weights))
    answers: Real = taught.answers_of_volunteer.astype(float)
    hits, misses = newcomers_record(right, answers, 1 / max(crowd.labels, 2))
    return (right + hits) / (answers + hits + misses)


def shown(crowd: Crowd, known: Known, looked_at: Believe) -> tuple[Real, NDArray[np.intp]]:
    """Return the views of the known tasks and of some others, shape (views, labels, tasks), and their labels or -1."""
    others = np.setdiff1d(np.linspace(0, crowd.tasks - 1, SAMPLE).astype(np.intp), known.task)
    tasks = np.sort(np.concatenate([known.task, others]))
    label = np.full(len(tasks), -1)
    label[np.searchsorted(tasks, known.task)] = known.label
    return np.concatenate([looked_at(part) for part in crowd.only(tasks).parts()], axis=2), label


def usual_weights(crowd: Crowd) -> dict[str, float]:
    """Return the weight of each view where nothing is known; tables too large for the memory are no view."""
    if not crowd.affords():
        return {"vote": 1 / 3, "skill": 0.0, "one coin": 1 / 3, DIFFICULTY: 1 / 3}
    weights = {"vote": 1 / 3, "skill": 0.0, "one coin": 0.0, "confusion": 1 / 3, DIFFICULTY: 1 / 3}
    return weights | {"correlated": 0.0} if crowd.affords(KINDS) else weights


def right_answers(blended: Blend) -> Real:
    """Return how many answers of each volunteer are expected to be right, shape (volunteers,).

    What skills are rewritten from after a refit, beside ``Crowd.answers_of_volunteer``.
    """
    return expected_right(blended.crowd, blended.believe)
