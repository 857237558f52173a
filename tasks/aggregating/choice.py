"""Merge answers that are one of a few labels."""

from collections.abc import Iterator, Sequence

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..consensus.crowds.blending import Blend, Known, blend
from ..consensus.crowds.crowd import Crowd, Place, Real
from .tables import Answers, BadTable, Gold, Merged

MOST_LABELS = 500


def merge_choices(answers: Answers, gold: Gold) -> Merged:
    """Merge all tasks at once; ``gold`` may be empty. Raises ``BadTable`` when these are texts rather than choices."""
    labels = labels_of(answers, gold)
    crowd = crowd_of(answers, labels)
    blended = blend(crowd, known_of(gold, labels))
    best, confidence, agreement = (np.concatenate(column) for column in zip(*decide(blended), strict=True))
    return Merged(
        value=[labels[label] for label in best.tolist()],
        confidence=confidence,
        agreement=agreement,
        answers=crowd.answers_of_task,
        how=how_sure(blended),
    )


def labels_of(answers: Answers, gold: Gold) -> Sequence[str]:
    """Return the labels that were given, sorted, and then those that only known tasks have."""
    given = set(answers.values)
    labels = [*answers.values, *sorted(set(gold.values()) - given)]
    if len(labels) > MOST_LABELS:
        words = _("There are %(labels)s different answers. If they are typed texts, use --kind text.")
        raise BadTable(words % {"labels": len(labels)})
    return labels


def crowd_of(answers: Answers, labels: Sequence[str]) -> Crowd:
    sizes = len(answers.tasks), len(answers.workers), len(labels)
    return Crowd(answers.task, answers.worker, answers.answer, *sizes)


def known_of(gold: Gold, labels: Sequence[str]) -> Known:
    number = {label: place for place, label in enumerate(labels)}
    tasks = sorted(gold)
    return Known(np.array(tasks, np.intp), np.array([number[gold[task]] for task in tasks], np.intp))


def decide(blended: Blend) -> Iterator[tuple[Place, Real, Real]]:
    """Yield the best label, its confidence and the share of votes behind it, part by part."""
    for part in blended.crowd.parts():
        belief = blended.believe(part)
        best = belief.argmax(0)
        behind = part.label == best[part.task]
        yield best, belief.max(0), np.bincount(part.task, behind, part.tasks) / part.answers_of_task


def how_sure(blended: Blend) -> str:
    if not blended.known:
        return _("Confidence is what the models believe: without known tasks (--gold) nobody has checked it.")
    words = ngettext(
        "Confidence is calibrated on %(known)s known task.",
        "Confidence is calibrated on %(known)s known tasks.",
        blended.known,
    )
    return words % {"known": blended.known}
