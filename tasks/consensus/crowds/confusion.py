"""Which label a volunteer takes for which, with something to fall back on."""

from dataclasses import dataclass

import numpy as np

from .crowd import Crowd, Real
from .fitting import Counts, Rule, count, prevalence, settle
from .vote import smoothed_vote

OWN_PRIOR = 4.0  # answers that the expected confusion weighs beside one's own
SKILL_PRIOR = 8.0  # answers that the crowd's skill weighs beside one's own
DIAGONAL_PRIOR, PRIOR = 2.0, 0.5  # of the confusion pooled over all
LEAST = 1e-3  # nothing is impossible


@dataclass(frozen=True)
class Confusion:
    """``rule``: what follows for a task from its answers.

    ``matrices``: theta[k, j, l], the probability that volunteer j says l where k is true, shape (labels, volunteers,
    labels); ``prevalence``: pi[k], shape (labels,).
    """

    rule: Rule
    matrices: Real
    prevalence: Real


def fit_confusion(crowd: Crowd) -> Confusion:
    """Fit a confusion matrix per volunteer (Dawid & Skene 1979, doi:10.2307/2346806) that backs off where it has seen
    little.

    E: log p[k, i] = log pi[k] + sum over j of log theta[k, j, l_ij].
    M: theta[k, j, .] = (c[k, j, .] + s m[k, j, .]) / (c[k, j] + s), with c the expected counts, s = ``OWN_PRIOR`` and
    m what is expected of somebody of this skill: ``expected_matrices``. Only ``Crowd.overlapping`` teaches.
    """
    taught = crowd.overlapping()
    shape = (crowd.labels, crowd.volunteers, crowd.labels)

    def rule_of(counts: Counts) -> Rule:
        matrices = matrices_of(counts.said.reshape(shape))
        return Rule(np.log(prevalence(counts.tasks)), np.log(matrices).reshape(crowd.labels, crowd.cells))

    rule = settle(taught, count(taught, smoothed_vote(crowd)), rule_of)
    return Confusion(rule, np.exp(rule.tables).reshape(shape), np.exp(rule.common))


def matrices_of(counts: Real) -> Real:
    """Return theta as in ``fit_confusion``; both of shape (labels, volunteers, labels)."""
    matrices = (counts + OWN_PRIOR * expected_matrices(counts)) / (counts.sum(2, keepdims=True) + OWN_PRIOR)
    return np.clip(matrices, LEAST, 1.0)


def expected_matrices(counts: Real) -> Real:
    """Return m[k, j, l] from expected counts, both of shape (labels, volunteers, labels).

    The confusion pooled over all, its diagonal shifted by the volunteer's skill: the odds of being right where k is
    true are the pooled ones times the odds of the volunteer over those of the crowd. Errors spread as they do in the
    pool.
    """
    unit = np.eye(len(counts))
    pooled = counts.sum(1) + unit * DIAGONAL_PRIOR + PRIOR
    pooled /= pooled.sum(1, keepdims=True)
    skill, mean = skills(counts)
    odds = np.outer(odds_of(np.diag(pooled)), odds_of(skill) / odds_of(mean))
    hit = odds / (1 + odds)
    miss = pooled * (1 - unit)
    miss /= np.maximum(miss.sum(1, keepdims=True), LEAST)
    return hit[:, :, None] * unit[:, None] + (1 - hit)[:, :, None] * miss[:, None]


def skills(counts: Real) -> tuple[Real, Real]:
    """Return the smoothed share of right answers of each volunteer, shape (volunteers,), and of all, shape ()."""
    right, answers = np.einsum("kjk->j", counts), counts.sum((0, 2))
    mean = (right.sum() + SKILL_PRIOR / 2) / (answers.sum() + SKILL_PRIOR)
    return (right + SKILL_PRIOR * mean) / (answers + SKILL_PRIOR), np.asarray(mean)


def odds_of(share: Real) -> Real:
    share = np.clip(share, LEAST, 1 - LEAST)
    return share / (1 - share)
