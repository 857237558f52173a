"""A sentence at the desk: what the chosen policy will need, before the question is asked."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..curating.wording import Wording
from ..enums import UNSETTLED
from ..models import Project, Task, Workflow, WorkflowVersion
from .choosing import USUAL, Habit
from .forecasting import Prediction, predict
from .recorded import material_from, usual_seconds
from .telling import Pace
from .usual import predict_usual

ENOUGH = 100  # settled lines of one's own
MOST_OPEN = 0.05  # share of lines whose record is too short for this policy
EXAMPLE = 1000  # lines, as long as the project has none
SELDOM, FEW = 0.002, 0.005  # shares of lines that a crowd so small cannot tell from none
FEW_CHOICES = 0.005  # a line
DAYS = 7


@dataclass(frozen=True)
class Outlook:
    """``own``: how many of the project's own lines it rests on; 0: on the usual crowd."""

    prediction: Prediction
    seconds: float
    own: int
    habit: Habit = USUAL

    def people_for(self, lines: int) -> int:
        """Return how many volunteers take a week for so many lines."""
        seconds = self.prediction.answers * self.seconds + self.prediction.choices * self.habit.seconds
        minutes = lines * seconds / 60
        return max(1, round(minutes / (DAYS * Pace.minutes)))


def outlook_of(project: Project, wording: Wording) -> Outlook:
    """Take the newest answers to a question of this kind if they are enough and tell of this policy, else the usual
    crowd's."""
    workflow = asked_so(project, wording.kind)
    material = material_from(workflow) if workflow else None
    if material and material.drawn_from >= ENOUGH:
        own = predict(material, wording.policy, orders=1)
        if own.open <= MOST_OPEN:
            return Outlook(own, material.seconds, material.drawn_from, material.choosing)
    return Outlook(predict_usual(wording.kind, wording.policy), usual_seconds(wording.kind), 0)


def asked_so(project: Project, kind: str) -> Workflow | None:
    versions = WorkflowVersion.objects.filter(workflow__project=project, workflow__source_workflow=None, kind=kind)
    latest = versions.select_related("workflow").order_by("-pk").first()
    return latest.workflow if latest else None


def sentences(project: Project, wording: Wording) -> list[str]:
    """Return what to expect, and what it rests on."""
    outlook = outlook_of(project, wording)
    left = Task.objects.filter(project=project, state__in=UNSETTLED).count()
    return [said_of(outlook, left or EXAMPLE), source_of(outlook)]


def said_of(outlook: Outlook, lines: int) -> str:
    people = outlook.people_for(lines)
    given = {name: number_format(n, force_grouping=True) for name, n in (("lines", lines), ("people", people))}
    parts = {
        "answers": answers_of(outlook.prediction),
        "review": review_of(outlook.prediction.disputed),
        "wrong": wrong_of(outlook.prediction.error),
        "lines": ngettext("%(lines)s line", "%(lines)s lines", lines) % given,
        "people": ngettext("%(people)s volunteer", "%(people)s volunteers", people) % given,
    }
    return _("%(answers)s; %(review)s; %(wrong)s; %(lines)s: a week for %(people)s.") % parts


def answers_of(prediction: Prediction) -> str:
    answers = number_format(prediction.answers, 1)
    if prediction.choices < FEW_CHOICES:
        return _("About %(answers)s answers a line") % {"answers": answers}
    choices = number_format(round(100 * prediction.choices))
    words = _("About %(answers)s answers a line, and some %(choices)s choices between readings per 100 lines")
    return words % {"answers": answers, "choices": choices}


def review_of(share: float) -> str:
    if share < SELDOM:
        return _("hardly any line comes to you")
    return _("some 1 line in %(lines)s comes to you") % {"lines": max(1, round(1 / share))}


def wrong_of(share: float | None) -> str:
    if share is None or share < FEW:
        return _("hardly any value is wrong")
    return _("some 1 value in %(values)s is wrong") % {"values": max(1, round(1 / share))}


def source_of(outlook: Outlook) -> str:
    if outlook.own:
        rests = _("Reckoned from the %(lines)s newest settled lines of this project") % {"lines": outlook.own}
    else:
        rests = _("Reckoned from a usual crowd: simulated people who read specimen cards")
    return _("%(rests)s; a volunteer reads ten minutes a day.") % {"rests": rests}
