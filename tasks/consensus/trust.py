"""How far a volunteer's answers are to be trusted, seen from the known answers that they met and from what was settled.

Someone is right with a probability p of their own. Before anything is known p follows Beta(2, 1/2), which believes in
people: four in five are right four times in five or oftener. Known answers count in full; of what was settled by
others each answer counts for half, because others may be wrong too. The sum is held to ``MEMORY`` answers, so that
nobody is judged by old sins for ever. Who is below ``THRESHOLD`` with a probability of 95 % is muted.
"""

import math

from rapidfuzz.distance import Levenshtein

from .ballots import UNREADABLE, is_said, text_of

PRIOR_RIGHT, PRIOR_WRONG = 2.0, 0.5
THRESHOLD = 0.35  # right less often than this is no help: careless people are right twice as often
SURE = 0.95
OF_SETTLED = 0.5  # what an answer that was settled by others says, beside a known one
MEMORY = 30.0  # answers
MUTED_TRUST = 0.01
NEAR = 0.8  # likeness of a reading that is a slip of the hand
_TINY = 1e-300
_STEPS = 300
_PRECISION = 1e-12


def trust_of(checks_right: float, checks_wrong: float, right: float = 0, wrong: float = 0) -> float:
    """Return the share of a full vote, in (0, 1], that a volunteer's answers are worth.

    ``checks_right`` and ``checks_wrong`` count known answers, ``right`` and ``wrong`` answers of which the consensus or
    a reviewer said so. Raises ``ValueError`` for a negative count.
    """
    if min(checks_right, checks_wrong, right, wrong) < 0:
        raise ValueError("Counts of right and wrong answers are not negative.")
    good, bad = checks_right + OF_SETTLED * right, checks_wrong + OF_SETTLED * wrong
    scale = min(1.0, MEMORY / (good + bad)) if good + bad else 1.0
    doubt = beta_below(THRESHOLD, PRIOR_RIGHT + scale * good, PRIOR_WRONG + scale * bad)
    return MUTED_TRUST if doubt >= SURE else 1.0


def likeness(vote: str, known: str) -> float:
    """Return how right a vote is, as a share of a check passed: 1, 1/2 for a slip of the hand or where somebody could
    not read what can be read, or 0. A spammer does not come near what is written."""
    if vote == known:
        return 1.0
    if is_said(vote) and is_said(known):
        near = Levenshtein.normalized_similarity(text_of(vote), text_of(known)) >= NEAR
        return 0.5 if near else 0.0
    return 0.5 if UNREADABLE in (vote, known) else 0.0


def beta_below(x: float, a: float, b: float) -> float:
    """Return the probability that a Beta(a, b) lies below x: the regularised incomplete beta function.

    By its continued fraction (DLMF 8.17.22, https://dlmf.nist.gov/8.17), evaluated by Lentz's method.
    """
    if x > (a + 1) / (a + b + 2):
        return 1.0 - beta_below(1.0 - x, b, a)
    front = a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    value, c, d = 1.0, 1.0, 0.0
    for step in range(_STEPS):
        term = _term(step, x, a, b)
        d = 1.0 / _off_zero(1.0 + term * d)
        c = _off_zero(1.0 + term / c)
        value *= c * d
        if abs(c * d - 1.0) < _PRECISION:
            break
    return math.exp(front) * (value - 1.0) / a


def _term(step: int, x: float, a: float, b: float) -> float:
    m = step // 2
    if step == 0:
        return 1.0
    if step % 2:
        return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
