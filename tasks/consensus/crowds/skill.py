"""Votes weighted by how often a volunteer agrees with the majority."""

from .crowd import Crowd, Part, Real
from .fitting import Believe, expected_right
from .vote import SMOOTHING

PRIOR_ANSWERS = 4.0
USUAL = 0.8  # how reliable people are where nothing shows it


def skill_weighted_vote(crowd: Crowd, smoothing: float = SMOOTHING) -> Believe:
    """Tell p[k, i] = (weight behind k + s / K) / (all weight + s); s = ``smoothing`` answers of ordinary weight.

    The weight w[j] of volunteer j is the share of their answers that agree with the majority vote (a tie counts in
    equal parts), drawn to the crowd's mean as if by ``PRIOR_ANSWERS`` more answers. Known as Wawa, worker agreement
    with aggregate (Appen; Ustalov et al. 2024, doi:10.21105/joss.06227).
    """
    weights = agreement_with_majority(crowd)
    prior = smoothing * float(weights.mean()) if weights.any() else smoothing

    def believe(part: Part) -> Real:
        votes = part.weighed(weights) + prior / crowd.labels
        return votes / votes.sum(0)

    return believe


def agreement_with_majority(crowd: Crowd) -> Real:
    """Return the smoothed share of each volunteer's answers that agree with the majority vote, shape (volunteers,).

    Tasks that nobody else answered are left out.
    """
    crowd = crowd.overlapping()

    def majority(part: Part) -> Real:
        best: Real = (part.votes == part.votes.max(0)).astype(float)
        return best / best.sum(0)

    return share_right(crowd, expected_right(crowd, majority), PRIOR_ANSWERS)


def share_right(crowd: Crowd, right: Real, prior: float) -> Real:
    """Return the share of each volunteer's answers that are right, drawn to the crowd's mean by ``prior`` answers.

    ``right``: how many are expected to be; both of shape (volunteers,).
    """
    answers: Real = crowd.answers_of_volunteer.astype(float)
    mean = (float(right.sum()) + USUAL * prior) / (float(answers.sum()) + prior)
    return (right + prior * mean) / (answers + prior)
