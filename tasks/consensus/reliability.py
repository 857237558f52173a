"""How reliable a volunteer is, seen from what is known about them."""

PRIOR_RIGHT = 8.0
PRIOR_WRONG = 2.0
USUAL = (PRIOR_RIGHT, PRIOR_WRONG)


def estimate_reliability(right: float = 0, wrong: float = 0, prior: tuple[float, float] = USUAL) -> float:
    """Return the expected probability, in (0, 1), that a volunteer is right after ``right`` and ``wrong`` answers.

    The mean of a beta posterior: with the usual ``prior`` a newcomer is taken for 0.8, as if ten answers had been seen.
    Counts may be fractions and are never negative; those of the prior are positive.

    Raises ``ValueError`` for a negative count.
    """
    if right < 0 or wrong < 0:
        raise ValueError(f"Counts of right and wrong answers are not negative; {right} and {wrong} were given.")
    before_right, before_wrong = prior
    return (before_right + right) / (before_right + before_wrong + right + wrong)
