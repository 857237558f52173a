"""Merge answers that are texts."""

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..consensus import EXACT, UNREADABLE, Normalisation, normalise
from ..consensus.crowds.calibrating import Calibration
from ..consensus.crowds.readings import Readings
from ..consensus.crowds.texts import fit_texts
from .tables import Answers, Gold, Merged


def merge_texts(answers: Answers, gold: Gold, rules: Normalisation = EXACT) -> Merged:
    """Merge all tasks at once; ``gold`` may be empty.

    An empty answer says that nothing is written there, ``!unreadable`` that somebody could not read it; a value may be
    the same.
    """
    fit = fit_texts(readings_of(answers), gold, rules)
    values, confidence, agreement, count = [], [], [], []
    for transcript, sure in fit.transcripts():
        values.append(UNREADABLE if transcript.mark == UNREADABLE else transcript.text)
        confidence.append(sure)
        agreement.append(transcript.agreement)
        count.append(transcript.answers)
    return Merged(
        values,
        np.array(confidence),
        np.array(agreement),
        np.array(count, np.int32),
        how=how(fit.calibration),
        same=lambda one, other: normalise(one, rules) == normalise(other, rules),
    )


def readings_of(answers: Answers) -> Readings:
    sizes = len(answers.tasks), len(answers.workers)
    return Readings(answers.task, answers.worker, answers.answer, answers.values, *sizes)


def how(calibration: Calibration) -> str:
    voted = _("Words are aligned and voted on, each person by the share of words they got right.")
    if not calibration.known:
        return voted + " " + _("No task's answer is known, so the confidence is what such crowds usually deserve.")
    known = ngettext(
        "The confidence is fitted on %(known)s known task.",
        "The confidence is fitted on %(known)s known tasks.",
        calibration.known,
    )
    return voted + " " + known % {"known": calibration.known}
