"""How much the answers tell of the people who gave them; and what to believe where they tell nothing."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .crowd import Crowd, Part, Real
from .fitting import Believe
from .skill import USUAL

MOST = 0.99  # how reliable people who never contradict one another are taken to be
TINY = 1e-9
USUAL_PAIRS = 10.0  # of answers by people as reliable as usual


def telling_share(crowd: Crowd) -> float:
    """Return r, from 0 to 1: the correlation between what was seen of the volunteers and what they are like.

    Seen is what each says where most of the others say m, for every label m, or else how often they agree with the
    others at all, whichever tells more; ties count in equal parts. An analysis of variance parts what differs between
    people from what chance makes differ: with variance t between them and s within, n answers measure a person with the
    reliability t / (t + s / n) (Spearman 1904, doi:10.2307/1412159). The mean over all answers is taken; its root is
    the correlation. Two answers of each tell next to nothing, fifty of people who do differ nearly all. Where a table
    of labels would not fit the memory, only how often they agree is seen.
    """
    crowd = crowd.overlapping()
    if crowd.affords():
        said = _said_beside_others(crowd)
        agreed, fine = np.einsum("mjm->j", said), [table.T for table in said]
    else:
        agreed, fine = _agreed_with_others(crowd), []
    coarse = np.stack([agreed, np.maximum(crowd.answers_of_volunteer - agreed, 0)])
    return math.sqrt(max(_reliability([coarse]), _reliability(fine)))


def _agreed_with_others(crowd: Crowd) -> Real:
    """Return how often each volunteer said what most of the others said, shape (volunteers,)."""
    agreed = np.zeros(crowd.volunteers)
    for part in crowd.parts():
        for own in range(crowd.labels):
            mine = part.label == own
            best = _best_beside(part.votes[:, part.task[mine]], own)[own]
            agreed += np.bincount(part.cell[mine] // crowd.labels, best, crowd.volunteers)
    return agreed


def _said_beside_others(crowd: Crowd) -> Real:
    """Return how often each volunteer said l where the others said m, shape (labels m, volunteers, labels l)."""
    said = np.zeros((crowd.labels, crowd.volunteers, crowd.labels))
    for part in crowd.parts():
        for own in range(crowd.labels):
            volunteer = part.cell[part.label == own] // crowd.labels
            tasks = np.flatnonzero(part.votes[own])
            times = part.votes[own, tasks].astype(np.intp)
            for row, best in zip(said[:, :, own], _best_beside(part.votes.take(tasks, axis=1), own), strict=True):
                row += np.bincount(volunteer, np.repeat(best, times), crowd.volunteers)
    return said


def _best_beside(votes: Real, own: int) -> Real:
    """Return which labels most of the others chose where a vote for ``own`` is left out, ties in equal parts; both of
    shape (labels, tasks); ``votes`` are spent."""
    votes[own] -= 1
    best: Real = (votes == votes.max(0)).astype(float)
    return best / best.sum(0)


def _reliability(tables: Sequence[Real]) -> float:
    """Return how well counts of shape (categories, volunteers) measure the volunteers, over all the tables."""
    told = answers = 0.0
    for table in tables:
        people = table.sum(0) > 0
        count = table.sum(0)[people]
        share = table[:, people] / count
        number, several = float(count.sum()), len(count)
        answers += number
        if several < 2 or number <= several:
            continue
        mean = share @ count / number
        within = max(float(count @ (1 - (share**2).sum(0))) / (number - several), TINY)
        spread = float(count @ ((share - mean[:, None]) ** 2).sum(0)) - (several - 1) * within
        between = max(spread / (number - float(count @ count) / number), 0.0)
        told += float(count @ (count * between / (count * between + within)))
    return told / answers if answers else 0.0


def alike(crowd: Crowd) -> Believe:
    """Tell p[k, i] proportional to exp(w votes[k, i]): the one-coin model of people who are all equally good.

    w = log(q (K - 1) / (1 - q)) with K labels and the q for which two of them agree as often as pairs of answers do,
    q^2 + (1 - q)^2 / (K - 1). Nothing is estimated of anybody, so nothing can run away; the label with the most votes
    is the most probable one.
    """
    weight = _weight(_agreeing_pairs(crowd), crowd.labels)

    def believe(part: Part) -> Real:
        evidence = weight * part.votes
        odds: NDArray[np.float64] = np.exp(evidence - evidence.max(0))
        return odds / odds.sum(0)

    return believe


def _agreeing_pairs(crowd: Crowd) -> float:
    """Return the share of pairs of answers to one task that are equal, as if ``USUAL_PAIRS`` had been seen before."""
    usual = USUAL**2 + (1 - USUAL) ** 2 / max(crowd.labels - 1, 1)
    equal, pairs = USUAL_PAIRS * usual, USUAL_PAIRS
    for part in crowd.parts():
        votes, answers = part.votes, part.votes.sum(0)
        equal += float((votes * (votes - 1)).sum())
        pairs += float((answers * (answers - 1)).sum())
    return equal / pairs


def _weight(agreeing: float, labels: int) -> float:
    other = 1 / max(labels - 1, 1)
    root = math.sqrt(max(other**2 - (1 + other) * (other - agreeing), 0.0))
    reliability = min((other + root) / (1 + other), MOST)
    return max(math.log(reliability / (other * (1 - reliability))), 0.0)
