"""Make a confidence mean what it says: known tasks tell how far log-odds are to be trusted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .ballots import Verdict

LEAST, MOST = 1e-6, 1 - 1e-6
STRENGTH = 30.0  # of the identity, against what known tasks say
SLOPES, INTERCEPTS = (0.2, 2.0), (-3.0, 3.0)
_STEPS = 25
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Temper:
    """logit(confidence) becomes intercept + slope logit(confidence); the slope is positive, so the order stays."""

    slope: float = 1.0
    intercept: float = 0.0

    def confidence(self, raw: float) -> float:
        if (self.slope, self.intercept) == (1.0, 0.0):
            return raw
        return _logistic(self.intercept + self.slope * _logit(raw))

    def apply(self, verdict: Verdict) -> Verdict:
        """Return the verdict with its confidence made honest; its parameters say how."""
        return replace(
            verdict,
            confidence=self.confidence(verdict.confidence),
            parameters=(*verdict.parameters, ("intercept", self.intercept), ("slope", self.slope)),
        )


UNTEMPERED = Temper()


def fit_temper(confidences: Sequence[float], right: Sequence[bool]) -> Temper:
    """Return what makes ``confidences`` fit how often the tasks were ``right``; both in the same order.

    A logistic regression on the log-odds (Platt 1999) by Newton's method, drawn to the identity by ``STRENGTH`` as by a
    Gaussian prior of that precision: few known tasks move it little. Slope and intercept are kept within bounds and
    rounded to ``DIGITS``, so that they are published as they are used.
    """
    slope, intercept = 1.0, 0.0
    points = sorted((_logit(one), float(hit)) for one, hit in zip(confidences, right, strict=True))
    for _step in range(_STEPS if points else 0):
        up_slope, up_intercept = STRENGTH * (1 - slope), -STRENGTH * intercept
        bend_slope = bend_intercept = STRENGTH
        both = 0.0
        for x, y in points:
            p = _logistic(intercept + slope * x)
            up_slope += (y - p) * x
            up_intercept += y - p
            steep = p * (1 - p)
            bend_slope += steep * x * x
            bend_intercept += steep
            both += steep * x
        area = bend_slope * bend_intercept - both * both
        slope = _within((bend_intercept * up_slope - both * up_intercept) / area + slope, SLOPES)
        intercept = _within((bend_slope * up_intercept - both * up_slope) / area + intercept, INTERCEPTS)
    return Temper(round(slope, DIGITS), round(intercept, DIGITS))


def _within(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])


def _logit(probability: float) -> float:
    probability = _within(probability, (LEAST, MOST))
    return math.log(probability / (1 - probability))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-_within(value, (-30.0, 30.0))))
