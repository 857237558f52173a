"""With which record somebody begins of whom nothing is known yet: that of the others who came before."""

import numpy as np

from .crowd import Real

USUAL_RIGHT, USUAL_WRONG = 8.0, 2.0
PEOPLE = 10.0  # whom the usual record weighs
HALF = 10.0  # answers at which a person counts half: the busy must not speak for the newcomers
WEAKEST, STRONGEST = 4.0, 20.0  # answers that a record weighs
MOST_RIGHT = 0.98
ABOVE_CHANCE = 0.05
DIGITS = 6


def newcomers_record(right: Real, answers: Real, chance: float) -> tuple[float, float]:
    """Return the counts (right, wrong) of a beta prior for a newcomer.

    ``right`` and ``answers``, shape (volunteers,), are expected counts; ``chance`` is how often a guess is right. A
    person who gave n answers weighs n / (n + ``HALF``). The mean is theirs, drawn to the usual as if by ``PEOPLE``
    more; the strength follows from how much people differ beyond what chance explains (method of moments), drawn to the
    usual likewise. Never so low that a newcomer's word counts for nothing.
    """
    seen = answers > 0
    share, count = right[seen] / answers[seen], answers[seen]
    weight = count / (count + HALF)
    usual = USUAL_RIGHT / (USUAL_RIGHT + USUAL_WRONG)
    people = float(weight.sum())
    mean = (usual * PEOPLE + float(weight @ share)) / (PEOPLE + people)
    mean = min(max(mean, chance + ABOVE_CHANCE), MOST_RIGHT)
    strength = _strength(share, count, weight, mean)
    strength = ((USUAL_RIGHT + USUAL_WRONG) * PEOPLE + strength * people) / (PEOPLE + people)
    return round(mean * strength, DIGITS), round((1 - mean) * strength, DIGITS)


def _strength(share: Real, count: Real, weight: Real, mean: float) -> float:
    """Return how many answers of one's own outweigh the mean: mean (1 - mean) / variance - 1, within bounds."""
    if not len(share):
        return WEAKEST
    spread = mean * (1 - mean)
    beyond_chance = np.average((share - mean) ** 2 - spread / count, weights=weight)
    return float(np.clip(spread / max(beyond_chance, 1e-6) - 1, WEAKEST, STRONGEST))
