"""What a fit of all answers together believes: of each answer whether it is right, of each decided task what else it
may say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..consensus import Normalisation, normalise, said
from ..consensus.crowds.blending import NOTHING, Known, blend
from ..consensus.crowds.crowd import Crowd, Real, first_of_each
from ..consensus.crowds.readings import Readings, is_mark
from ..consensus.crowds.texts import fit_texts
from ..consensus.crowds.transcribing import Transcript
from ..kinds import choose
from . import holding
from .gathering import Gathered
from .holding import Held

HALF = 0.5
COINS = {"vote": 0.5, "one coin": 0.5}
CHANCE_OF_TEXT = 0.05  # that somebody guesses what a line says


@dataclass(frozen=True)
class Rival:
    """A decided task for which another vote is more probable now than the one that ``holds``: less than one half."""

    place: int
    decision: int
    holds: str
    likelier: str
    confidence: float


@dataclass(frozen=True)
class Belief:
    """``right``, shape (answers,): the probability that an answer is right; ``chance``: how often a guess would be."""

    right: Real
    rivals: list[Rival]
    chance: float


def believe_choices(found: Gathered, held: Held, known: holding.Known, offered: list[str]) -> Belief:
    """Fit the answers to a question with few labels; those ``offered`` are labels even where nobody chose them."""
    labels = sorted({*found.texts, *offered, *known.votes.values(), *held.vote})
    number = {label: place for place, label in enumerate(labels)}
    label = np.array([number[text] for text in found.texts], np.int32)[found.said] if len(found.said) else found.said
    known_ones = known_labels(known, number, found.rank)
    belief = blend(crowd_of(found, label, len(labels)), known_ones).belief[:, found.rank]
    rivals = list(rivals_among(belief, held, labels))
    for task, vote in known.votes.items():
        belief[:, task] = np.arange(len(labels)) == number[vote]
    return Belief(belief[label, found.task], rivals, 1 / max(len(offered), 2))


def believe_ranks(found: Gathered) -> Belief:
    """Fit the answers to a question that offers every task labels of its own: only agreement counts, by one reliability
    per volunteer. What was decided about them is judged where they count, in the task that was asked about."""
    pairs = found.task.astype(np.int64) * max(len(found.texts), 1) + found.said
    each, which = np.unique(pairs, return_inverse=True)
    task = each // max(len(found.texts), 1)
    rank = (np.arange(len(each)) - np.searchsorted(task, task)).astype(np.int32)
    label = rank[which] if len(which) else found.said
    labels = max(choose.CHOICES, int(rank.max(initial=0)) + 1)
    belief = blend(crowd_of(found, label, labels), usual=COINS).belief[:, found.rank]
    return Belief(belief[label, found.task], [], 1 / choose.CHOICES)


def crowd_of(found: Gathered, label: NDArray[np.int32], labels: int) -> Crowd:
    """Return the answers that have a say, tasks by rank; who speaks with one voice is heard once a task."""
    task = found.rank.astype(np.int32)[found.task[found.votes]]
    voice, chosen = found.voice[found.volunteer[found.votes]], label[found.votes]
    first = first_of_each(task, voice)
    return Crowd(task[first], voice[first], chosen[first], len(found.tasks), max(len(found.people), 1), labels)


def known_labels(known: holding.Known, number: Mapping[str, int], rank: NDArray[np.intp]) -> Known:
    labels = sorted((int(rank[place]), number[vote]) for place, vote in known.votes.items())
    return Known(*(np.array(column, np.intp) for column in zip(*labels, strict=True))) if labels else NOTHING


def rivals_among(belief: Real, held: Held, labels: list[str]) -> Iterator[Rival]:
    number = {label: place for place, label in enumerate(labels)}
    holds = np.array([number[vote] for vote in held.vote], np.intp)
    of_held = belief[:, held.task]
    best = of_held.argmax(0)
    for at in np.flatnonzero((best != holds) & (of_held[holds, np.arange(len(holds))] < HALF)).tolist():
        place, decision, confidence = int(held.task[at]), int(held.decision[at]), float(of_held[best[at], at])
        yield Rival(place, decision, held.vote[at], labels[best[at]], confidence)


def believe_texts(found: Gathered, held: Held, known: holding.Known, rules: Normalisation) -> Belief:
    """Fit the answers to a question whose answers are typed; two texts that are the same under the rules are one.

    Where people also chose among the readings, that decides whose reading was right: the fit has not seen them choose.
    """
    votes = [text if is_mark(text) else said(normalise(text, rules)) for text in found.texts]
    same: dict[str, int] = {}
    alike = np.array([same.setdefault(vote, len(same)) for vote in votes], np.int32)
    fit = fit_texts(readings_of(found), known.typed, rules)
    best = np.full(len(found.tasks), -1)
    sure = np.zeros(len(found.tasks))
    for transcript, confidence in fit.transcripts():
        best[transcript.task] = same.setdefault(vote_of(transcript, rules), len(same))
        sure[transcript.task] = confidence
    rivals = list(differing_texts(held, best, sure, list(same)))
    of_task = dict(zip(held.task.tolist(), held.vote, strict=True)) if held.adjudicated else {}
    for task, confidence in held.adjudicated.items():
        best[task], sure[task] = same.setdefault(of_task[task], len(same)), confidence
    for task, vote in known.votes.items():
        best[task], sure[task] = same.setdefault(vote, len(same)), 1.0
    given = alike[found.said] if len(alike) else found.said
    told = np.isin(np.arange(len(found.tasks)), [*held.adjudicated, *known.votes])
    return Belief(right_texts(found, given, best, sure, told), rivals, CHANCE_OF_TEXT)


def readings_of(found: Gathered) -> Readings:
    task, voice, text = (column[found.votes] for column in (found.task, found.voice[found.volunteer], found.said))
    first = first_of_each(task, voice)
    return Readings(task[first], voice[first], text[first], found.texts, len(found.tasks), max(len(found.people), 1))


def vote_of(transcript: Transcript, rules: Normalisation) -> str:
    return transcript.mark or said(normalise(transcript.text, rules))


def differing_texts(held: Held, best: NDArray[np.intp], sure: Real, votes: list[str]) -> Iterator[Rival]:
    """Whatever else is likely with more than one half leaves less for the text that holds."""
    for task, decision, vote in zip(held.task.tolist(), held.decision.tolist(), held.vote, strict=True):
        if sure[task] > HALF and votes[best[task]] != vote:
            yield Rival(task, decision, vote, votes[best[task]], float(sure[task]))


def right_texts(
    found: Gathered, alike: NDArray[np.int32], best: NDArray[np.intp], sure: Real, told: NDArray[np.bool_]
) -> Real:
    """Return p, shape (answers,): the confidence for those who gave the best text. What it leaves is shared by the
    others of the task, as if one more reading had been possible; texts that as many people gave share alike,
    unless others have ``told`` which of them is right, shape (tasks,)."""
    pairs = found.task.astype(np.int64) * (int(alike.max(initial=0)) + 1) + alike
    _each, which, behind = np.unique(pairs, return_inverse=True, return_counts=True)
    agree = alike == best[found.task]
    most = np.zeros(len(found.tasks), int)
    most[found.task[agree]] = behind[which][agree]
    others = np.bincount(found.task[~agree], minlength=len(found.tasks))
    left: Real = (1 - sure) / (others + 1)
    first = agree | (~told[found.task] & (behind[which] == most[found.task]))
    share = np.where(agree, sure[found.task], left[found.task])
    tied = np.maximum(np.bincount(found.task[first], minlength=len(found.tasks)), 1)
    mean = np.bincount(found.task[first], share[first], len(found.tasks)) / tied
    return np.where(first, mean[found.task], left[found.task])
