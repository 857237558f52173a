"""Read all texts of a project at once: how accurate each volunteer types, and what each task says."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from ..ballots import BLANK
from ..columns import Election, Keys, Merged, Piece, Vote, elect_words
from ..medoid import find_medoid
from ..normalisation import EXACT, Normalisation, normalise
from ..text import MARKS, MOST_CHARACTERS, READINGS
from ..weights import heaviest, posterior, totals
from ..words import split_into_words
from .crowd import Real
from .readings import Readings, Sheet, is_mark
from .slips import Slips

ROUNDS = 2
PRIOR_RIGHT, PRIOR_WRONG = 8.0, 2.0  # words: a newcomer is taken for 0.8
MOST_ACCURATE = 0.98
LEAST_WEIGHT = 0.02  # of somebody whose words are mostly wrong; not zero, so that a value has somebody behind it
HEAD_START = 0.25
COMMONNESS = 0.2
MOST_COMMON = 20

type Bonus = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Transcript:
    """What the readings of a task say together.

    ``text`` is the value, empty for the marks. ``raw`` is the probability, not yet calibrated, that it is right;
    ``agreement`` the share of volunteers whose reading is the same under the rules, ``support`` the logarithm of the
    odds of that share by weight. ``pieces`` are its words with their probabilities.
    """

    task: int
    text: str
    mark: str
    raw: float
    agreement: float
    support: float
    answers: int
    pieces: tuple[Piece, ...]


def weight_of_accuracy(accuracy: float) -> float:
    """Return what a volunteer's words weigh: log(a / (1 - a)) + 0.25, never below ``LEAST_WEIGHT``.

    ``accuracy`` = a is the share of words that are right.
    """
    accuracy = min(accuracy, MOST_ACCURATE)
    return max(LEAST_WEIGHT, math.log(accuracy / (1 - accuracy)) + HEAD_START)


def bonus_for(common: Mapping[str, int]) -> Bonus:
    """Return what speaks for a word before anybody has typed it here: that it stands in other tasks too.

    0.2 log(0.1 + n), n the number of other tasks in which somebody typed it, at most 20: a slip of the pen seldom
    repeats itself.
    """
    least = COMMONNESS * math.log(0.1)
    known = {
        word: COMMONNESS * math.log(0.1 + min(tasks - 1, MOST_COMMON)) for word, tasks in common.items() if tasks > 1
    }
    return lambda word: known.get(word, least)


def learn_accuracy(readings: Readings, known: Mapping[int, str], bonus: Bonus, rounds: int = ROUNDS) -> Real:
    """Return each volunteer's share of right words, shape (volunteers,).

    An expectation-maximisation with hard decisions: with the accuracies so far each task is read (a known one is what
    it is said to be), then a = (8 + words right) / (10 + words), where words that are missing, put in or different
    are wrong. A reading of a mark counts as one word.
    """
    accuracy = np.full(readings.volunteers, PRIOR_RIGHT / (PRIOR_RIGHT + PRIOR_WRONG))
    for _round in range(rounds):
        right, words = np.full((2, readings.volunteers), ((PRIOR_RIGHT,), (PRIOR_RIGHT + PRIOR_WRONG,)))
        weights = weights_of(accuracy)
        for sheet in readings.sheets():
            if sheet.answers > 1 or sheet.task in known:
                _count(sheet, _truth(sheet, weights, bonus, known.get(sheet.task)), right, words)
        accuracy = right / words
    return accuracy


def weights_of(accuracy: Real) -> list[float]:
    return [weight_of_accuracy(one) for one in accuracy.tolist()]


def _truth(sheet: Sheet, weights: list[float], bonus: Bonus, told: str | None) -> Keys:
    if told is not None:
        return _keys(told or BLANK)
    ballot = _Ballot.of(sheet, weights)
    if ballot.mark:
        return (ballot.mark,)
    if ballot.is_too_long:
        return _keys(heaviest(ballot.texts, ballot.weights))
    return ballot.elect(EXACT, bonus).keys


def _keys(text: str) -> Keys:
    return (text,) if is_mark(text) else split_into_words(text).keys


def _count(sheet: Sheet, truth: Keys, right: Real, words: Real) -> None:
    for text, behind in zip(sheet.texts, sheet.behind, strict=True):
        keys = _keys(text)
        most = max(len(keys), len(truth))
        hits = most - Levenshtein.distance(keys, truth)
        for volunteer in behind:
            right[volunteer] += hits
            words[volunteer] += most


def learn_slips(readings: Readings, accuracy: Real, bonus: Bonus) -> Slips:
    """Return what lost to what in the columns of all tasks."""
    weights = weights_of(accuracy)
    ballots = (_Ballot.of(sheet, weights) for sheet in readings.sheets() if len(sheet.texts) > 1)
    return Slips.count(ballot.elect(EXACT, bonus) for ballot in ballots if ballot.has_columns)


def transcribe(
    readings: Readings, accuracy: Real, rules: Normalisation, bonus: Bonus, slips: Slips
) -> Iterator[Transcript]:
    """Read every task that was answered, in order."""
    weights = weights_of(accuracy)
    return (read(sheet, weights, rules, bonus, slips) for sheet in readings.sheets())


@dataclass(frozen=True, slots=True)
class _Ballot:
    """A sheet whose volunteers have weights: which mark won, empty for none, and the texts beside it."""

    mark: str
    clarity: float
    texts: list[str]
    weights: list[float]

    @classmethod
    def of(cls, sheet: Sheet, weights: list[float]) -> "_Ballot":
        sums = [math.fsum(weights[volunteer] for volunteer in behind) for behind in sheet.behind]
        kinds = [text if is_mark(text) else "" for text in sheet.texts]
        kind, totalled = heaviest(kinds, sums), totals(kinds, sums)
        clarity = posterior(kind, totalled, MARKS if kind else len(totalled))
        texts = [place for place, mark in enumerate(kinds) if not mark]
        return cls(kind, clarity, [sheet.texts[place] for place in texts], [sums[place] for place in texts])

    @property
    def is_too_long(self) -> bool:
        return sum(map(len, self.texts)) > MOST_CHARACTERS

    @property
    def has_columns(self) -> bool:
        return not self.mark and not self.is_too_long

    def elect(self, rules: Normalisation, bonus: Bonus) -> Election:
        words = [split_into_words(text) for text in self.texts]
        pivot = words[find_medoid([one.loose for one in words], self.weights)].keys
        return elect_words(words, self.weights, pivot=pivot, vote=Vote(rules, READINGS, bonus))

    def merge(self, rules: Normalisation, bonus: Bonus, slips: Slips) -> Merged:
        if not self.is_too_long:
            return self.elect(rules, bonus).reconsider(slips.evidence).put_together()
        best = heaviest(self.texts, self.weights)
        confidence = posterior(best, totals(self.texts, self.weights), READINGS)
        return Merged(best, confidence, (Piece(best, confidence),))


def read(sheet: Sheet, weights: list[float], rules: Normalisation, bonus: Bonus, slips: Slips) -> Transcript:
    """Read one task: first whether there is something to read, then its columns."""
    ballot = _Ballot.of(sheet, weights)
    merged = Merged("", 1.0, ()) if ballot.mark else ballot.merge(rules, bonus, slips)
    agreeing = _agreeing(sheet, ballot.mark, merged.text, rules)
    return Transcript(
        task=sheet.task,
        text=merged.text,
        mark=ballot.mark,
        raw=merged.confidence * ballot.clarity,
        agreement=len(agreeing) / sheet.answers,
        support=_support(sheet, weights, agreeing),
        answers=sheet.answers,
        pieces=merged.pieces,
    )


def _agreeing(sheet: Sheet, mark: str, text: str, rules: Normalisation) -> list[int]:
    """Return who answered just this."""
    vote = normalise(text, rules)
    return [
        volunteer
        for typed, behind in zip(sheet.texts, sheet.behind, strict=True)
        if (typed == mark if is_mark(typed) or mark else normalise(typed, rules) == vote)
        for volunteer in behind
    ]


def _support(sheet: Sheet, weights: list[float], agreeing: list[int]) -> float:
    """Return log((w + 1/2) / (v + 1/2)), w the weight of those who agree and v that of the others."""
    whole = math.fsum(weights[volunteer] for behind in sheet.behind for volunteer in behind)
    mine = math.fsum(weights[volunteer] for volunteer in agreeing)
    return math.log((mine + 0.5) / (max(whole - mine, 0.0) + 0.5))
