"""Merge answers that are one of a few labels."""

import numpy as np
from django.utils.translation import gettext as _

from ..consensus.crowds.crowd import Crowd
from ..consensus.crowds.vote import smoothed_vote
from .tables import Answers, Gold, Merged


def merge_choices(answers: Answers, gold: Gold) -> Merged:
    """Merge all tasks at once; ``gold`` may be empty."""
    crowd = crowd_of(answers)
    belief = smoothed_vote(crowd)
    best = belief.argmax(1)
    every = np.arange(crowd.tasks)
    return Merged(
        value=[answers.values[label] for label in best],
        confidence=belief[every, best],
        agreement=crowd.votes()[every, best] / crowd.answers_of_task,
        answers=crowd.answers_of_task,
        how=_("Counted votes."),
    )


def crowd_of(answers: Answers) -> Crowd:
    sizes = len(answers.tasks), len(answers.workers), len(answers.values)
    return Crowd(answers.task, answers.worker, answers.answer, *sizes)
