"""Turn what speaks for a reading into the probability that it is right."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from ..normalisation import Normalisation, normalise
from .crowd import Real
from .transcribing import Transcript

# Fitted on two crowds of transcribers and on simulated typists, with two to seven answers a line.
USUAL = (-0.08, 0.4, 0.6, 0.29)
USUAL_WORD = (0.0, 1.0)
STRENGTH = 4.0  # of the usual coefficients, against what known tasks say
_STEPS = 25
_LEAST, _MOST = 1e-6, 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic models of ``answer`` and ``word``, one coefficient a feature; fitted on ``known`` tasks, or usual."""

    answer: tuple[float, ...] = USUAL
    word: tuple[float, ...] = USUAL_WORD
    known: int = 0

    def confidence(self, transcript: Transcript) -> float:
        return _logistic(math.sumprod(self.answer, features(transcript)))

    def word_confidence(self, posterior: float) -> float:
        return _logistic(math.sumprod(self.word, (1.0, _logit(posterior))))


def features(transcript: Transcript) -> tuple[float, ...]:
    """Return what a confidence is made of.

    1; the logarithm of the product of the words' posteriors; the support of this very answer, as log-odds; the
    log-odds of the least sure word.
    """
    least = min((piece.confidence for piece in transcript.pieces), default=transcript.raw)
    return (1.0, math.log(max(transcript.raw, 1e-30)), transcript.support, _logit(least))


def calibrate(transcripts: Sequence[Transcript], truths: Sequence[str], rules: Normalisation) -> Calibration:
    """Fit both models to tasks whose truth is known, in the same order; without any, the usual coefficients stay.

    An answer is right when it equals the truth under ``rules``; a word when it stands in the truth's words at its
    place. The usual coefficients are the centre of a Gaussian prior, so a few known tasks move them a little.
    """
    if not transcripts:
        return Calibration()
    right = [_is_right(one, truth, rules) for one, truth in zip(transcripts, truths, strict=True)]
    answer = _fit([features(one) for one in transcripts], right, USUAL)
    words = [pair for one, truth in zip(transcripts, truths, strict=True) for pair in _words(one, truth, rules)]
    word = _fit([(1.0, _logit(sure)) for sure, _right in words], [right for _sure, right in words], USUAL_WORD)
    return Calibration(answer, word, len(transcripts))


def _is_right(transcript: Transcript, truth: str, rules: Normalisation) -> bool:
    return normalise(transcript.text, rules) == normalise(truth, rules)


def _words(transcript: Transcript, truth: str, rules: Normalisation) -> list[tuple[float, bool]]:
    """Return posterior and rightness of each word of the transcript."""
    pieces = [piece for piece in transcript.pieces if piece.form]
    mine = [normalise(piece.form, rules) for piece in pieces]
    right = [False] * len(mine)
    for block in Levenshtein.opcodes(mine, normalise(truth, rules).split(" ")):
        right[block.src_start : block.src_end] = [block.tag == "equal"] * (block.src_end - block.src_start)
    return [(piece.confidence, one) for piece, one in zip(pieces, right, strict=True)]


def _fit(rows: Sequence[Sequence[float]], right: Sequence[bool], usual: Sequence[float]) -> tuple[float, ...]:
    """Return the coefficients of greatest posterior probability, found by Newton's method.

    ``rows`` becomes x, shape (known, features); g and h are gradient and curvature of the log posterior.
    """
    if not rows:
        return tuple(usual)
    x, y, centre = np.array(rows), np.array(right, float), np.array(usual)
    weights: Real = centre.copy()
    for _step in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        g = x.T @ (y - p) - STRENGTH * (weights - centre)
        h = (x.T * (p * (1 - p))) @ x + STRENGTH * np.eye(len(centre))
        weights = weights + np.linalg.solve(h, g)
    return tuple(float(one) for one in weights.round(6))


def _logit(probability: float) -> float:
    probability = min(max(probability, _LEAST), _MOST)
    return math.log(probability / (1 - probability))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-min(max(value, -30.0), 30.0)))
