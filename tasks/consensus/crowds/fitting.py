"""What the models that are fitted step by step have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .crowd import Crowd, Part, Real

type Believe = Callable[[Part], Real]  # the tasks of a part -> p[k, i], shape (labels, tasks of the part)

MOST_STEPS = 60
NEAR = 1e-4  # a step that moves less than this share of the answers ends the fit


@dataclass(frozen=True)
class Rule:
    """How a task's value follows from its answers: log p[v, i] = common[v] + the sum of tables[v, cell], normalised.

    ``common``: shape (values,); ``tables``: shape (values, volunteers * labels). The values are the labels, or finer.
    """

    common: Real
    tables: Real

    def believe(self, part: Part) -> Real:
        """Return p[v, i], shape (values, tasks of the part)."""
        logs = np.empty((len(self.tables), part.tasks))
        logs[0] = 0  # only differences to the first value matter
        for row, table, common in zip(logs[1:], self._beyond_first, self.common[1:], strict=True):
            row[:] = part.by_task(part.look_up(table)) + (common - self.common[0])
        return normalised(logs)

    @cached_property
    def _beyond_first(self) -> Real:
        beyond: Real = self.tables[1:] - self.tables[0]
        return beyond


@dataclass(frozen=True)
class Counts:
    """What is expected of the truth: ``said[v, cell]``, in how many answers of a volunteer with a label the value is
    v, shape (values, volunteers * labels); ``tasks[v]``, of how many tasks, shape (values,)."""

    said: Real
    tasks: Real


def count(crowd: Crowd, believe: Believe) -> Counts:
    """Add up beliefs part by part, so that none is kept."""
    said, tasks = np.zeros((0, 0)), np.zeros(0)
    for part in crowd.parts():
        belief = believe(part)
        if not len(tasks):
            said, tasks = np.zeros((len(belief), crowd.cells)), np.zeros(len(belief))
        tasks += belief.sum(1)
        for row, value in zip(said[1:], belief[1:], strict=True):
            row += part.by_cell(value, crowd.cells)
    said[:1] = np.maximum(crowd.answers_of_cell - said[1:].sum(0), 0)  # the beliefs about a task sum to one
    return Counts(said, tasks)


def expected_right(crowd: Crowd, believe: Believe) -> Real:
    """Return how many answers of each volunteer are right if the belief is, shape (volunteers,)."""
    return sum((right_in(part, believe(part), crowd.volunteers) for part in crowd.parts()), np.zeros(crowd.volunteers))


def right_in(part: Part, belief: Real, volunteers: int) -> Real:
    """Return the same for some tasks, of which ``belief``, shape (labels, tasks of the part), is held."""
    right = np.bincount(part.cell, belief.ravel().take(part.place, mode="clip"), volunteers * part.labels)
    return right.reshape(volunteers, part.labels).sum(1)


def settle(crowd: Crowd, counts: Counts, rule_of: Callable[[Counts], Rule], most: int = MOST_STEPS) -> Rule:
    """Alternate between the rule that follows from the counts and the counts that follow from the rule, until labels
    move little, ``most`` times at most: expectation-maximisation (Dempster, Laird & Rubin 1977)."""

    def of_labels(counts: Counts) -> Real:
        return counts.said.reshape(crowd.labels, -1, crowd.cells).sum(1)

    rule = rule_of(counts)
    for _step in range(most):
        before, counts = counts, count(crowd, rule.believe)
        rule = rule_of(counts)
        if np.abs(of_labels(counts) - of_labels(before)).sum() <= NEAR * len(crowd.task):
            break
    return rule


def belief_of(crowd: Crowd, believe: Believe) -> Real:
    """Return p[k, i] of all tasks, shape (labels, tasks)."""
    belief = np.empty((crowd.labels, crowd.tasks))
    for part in crowd.parts():
        belief[:, part.first : part.last] = believe(part)
    return belief


def normalised(logs: Real) -> Real:
    """Turn logarithms of unnormalised probabilities into probabilities, along the first axis; ``logs`` is spent."""
    logs -= logs.max(0)
    np.exp(logs, out=logs)
    logs /= logs.sum(0)
    return logs


def prevalence(tasks: Real) -> Real:
    """Return how frequent each label is, smoothed by one task of each; both of shape (labels,)."""
    return (tasks + 1) / (tasks.sum() + len(tasks))
