"""Predict what a policy costs and yields from a record of answers, in several random orders."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random
from statistics import fmean, stdev

from ..consensus import UNREADABLE, Outcome, Policy
from ..consensus.replaying import Cast, Played, replay
from .material import Material

ORDERS = 5
THREE = 3


@dataclass(frozen=True)
class Prediction:
    """Of all tasks, on average over the orders. ``answers`` a task; the next four are shares of the tasks and sum to 1.
    ``choices`` a task: how many people are asked which of its readings is right.

    ``open`` tasks ran out of answers: what they would have needed is not known, so ``answers`` is too low by as much.
    ``error`` is the share of settled values that are wrong; with its standard error where it was ``measured`` on known
    tasks, else what the confidences say. None: nothing was settled, or none of the known tasks.
    """

    answers: float
    settled: float
    disputed: float
    unreadable: float
    open: float
    error: float | None
    error_se: float | None
    measured: bool
    choices: float = 0.0


def predict(material: Material, policy: Policy, orders: int = ORDERS) -> Prediction:
    outcomes: Counter[Outcome] = Counter()
    answers, choices, doubt = 0, 0, 0.0
    errors: defaultdict[int, list[bool]] = defaultdict(list)
    for played in replays(material, policy, orders):
        outcomes[played.outcome] += 1
        answers += played.answers
        choices += played.choices
        if played.outcome is Outcome.AGREED:
            doubt += 1 - played.confidence
            note_error(errors, played, material)
    played_tasks = max(outcomes.total(), 1)
    share = {outcome: outcomes[outcome] / played_tasks for outcome in Outcome}
    expected = doubt / outcomes[Outcome.AGREED] if outcomes[Outcome.AGREED] else None
    error, error_se = mean_of(errors.values()) if material.known else (expected, None)
    return Prediction(
        answers / played_tasks,
        share[Outcome.AGREED],
        share[Outcome.DISPUTED],
        share[Outcome.UNREADABLE],
        share[Outcome.WAIT] + share[Outcome.ONE_MORE],
        error,
        error_se,
        measured=bool(material.known),
        choices=choices / played_tasks,
    )


def replays(material: Material, policy: Policy, orders: int) -> Iterator[Played]:
    for order in range(orders):
        company = material.company(Random(f"choosing {order}")) if policy.adjudicate else None
        choosers = company.about if company else None
        yield from replay(material.record, material.merge, policy, material.learner(), Random(order), choosers)


def note_error(errors: defaultdict[int, list[bool]], played: Played, material: Material) -> None:
    if played.task in material.known:
        errors[played.task].append(played.vote != material.known[played.task])


def count_votes(material: Material, most: int | None, orders: int = ORDERS, lead: int | None = None) -> Prediction:
    """Return what counting the first ``most`` votes of each task gives, without a model: the usual practice to compare
    with. Of a tie the first vote wins; what most call unreadable is so. With a ``lead`` a task is done as soon as one
    vote is so many ahead of the next, and open where that never happens."""
    answers, ends = 0, Counter[Outcome]()
    errors: defaultdict[int, list[bool]] = defaultdict(list)
    for order in range(orders):
        chance = Random(order)
        for task, casts in enumerate(material.record):
            if not casts:
                continue
            first = chance.sample(casts, min(most or len(casts), len(casts)))
            some, reached = until_ahead(first, lead) if lead else (first, True)
            winner = most_frequent(some)
            answers += len(some)
            ends[(Outcome.UNREADABLE if winner == UNREADABLE else Outcome.AGREED) if reached else Outcome.ONE_MORE] += 1
            if reached and task in material.known:
                errors[task].append(winner != material.known[task])
    tasks = max(ends.total(), 1)
    settled, unreadable, left = (ends[end] / tasks for end in (Outcome.AGREED, Outcome.UNREADABLE, Outcome.ONE_MORE))
    return Prediction(
        answers / tasks, settled, 0, unreadable, left, *mean_of(errors.values()), measured=bool(material.known)
    )


def until_ahead(casts: Sequence[Cast], lead: int) -> tuple[Sequence[Cast], bool]:
    """Return the votes up to the one that puts one value so far ahead of the next, and whether that happens."""
    votes = Counter[str]()
    for place, cast in enumerate(casts, 1):
        votes[cast.vote] += 1
        first, *others = sorted(votes.values(), reverse=True)
        if first - max(others, default=0) >= lead:
            return casts[:place], True
    return casts, False


def most_frequent(casts: Iterable[Cast]) -> str:
    [(vote, _votes)] = Counter(cast.vote for cast in casts).most_common(1)
    return vote


def mean_of(errors: Iterable[list[bool]]) -> tuple[float | None, float | None]:
    """Return the mean of the tasks' means and its standard error over the tasks."""
    means = [fmean(some) for some in errors]
    if not means:
        return None, None
    return fmean(means), stdev(means) / sqrt(len(means)) if len(means) > 1 else None
