"""A sentence at the desk: what the chosen policy will need, before the question is asked."""

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..enums import UNSETTLED
from ..models import Project, Task, Workflow, WorkflowVersion
from ..wording import Wording
from .forecasting import Prediction, predict
from .material import material_from, usual_seconds
from .telling import Pace
from .usual import predict_usual

ENOUGH = 100  # settled lines of one's own
MOST_OPEN = 0.05  # share of lines whose record is too short for this policy
EXAMPLE = 1000  # lines, as long as the project has none
SELDOM, FEW = 0.002, 0.005  # shares of lines that a crowd so small cannot tell from none
DAYS = 7


@dataclass(frozen=True)
class Outlook:
    """``own``: how many of the project's own lines it rests on; 0: on the usual crowd."""

    prediction: Prediction
    seconds: float
    own: int

    def people_for(self, lines: int) -> int:
        """Return how many volunteers take a week for so many lines."""
        minutes = self.prediction.answers * lines * self.seconds / 60
        return max(1, round(minutes / (DAYS * Pace.minutes)))


def outlook_of(project: Project, wording: Wording) -> Outlook:
    """Take the newest answers to a question of this kind if they are enough and tell of this policy, else the usual
    crowd's."""
    workflow = asked_so(project, wording.kind)
    material = material_from(workflow) if workflow else None
    if material and material.drawn_from >= ENOUGH:
        own = predict(material, wording.policy, orders=1)
        if own.open <= MOST_OPEN:
            return Outlook(own, material.seconds, material.drawn_from)
    return Outlook(predict_usual(wording.kind, wording.policy), usual_seconds(wording.kind), 0)


def asked_so(project: Project, kind: str) -> Workflow | None:
    versions = WorkflowVersion.objects.filter(workflow__project=project, workflow__source_workflow=None, kind=kind)
    latest = versions.select_related("workflow").order_by("-pk").first()
    return latest.workflow if latest else None


def sentences(project: Project, wording: Wording) -> list[str]:
    """Return what to expect, what it rests on, and what is left out of it."""
    outlook = outlook_of(project, wording)
    left = Task.objects.filter(project=project, state__in=UNSETTLED).count()
    said = [said_of(outlook, left or EXAMPLE), source_of(outlook)]
    if wording.policy.adjudicate:
        said.append(_("What is saved where people choose between readings is not reckoned in."))
    return said


def said_of(outlook: Outlook, lines: int) -> str:
    people = outlook.people_for(lines)
    given = {name: number_format(n, force_grouping=True) for name, n in (("lines", lines), ("people", people))}
    parts = {
        "answers": number_format(outlook.prediction.answers, 1),
        "review": review_of(outlook.prediction.disputed),
        "wrong": wrong_of(outlook.prediction.error),
        "lines": ngettext("%(lines)s line", "%(lines)s lines", lines) % given,
        "people": ngettext("%(people)s volunteer", "%(people)s volunteers", people) % given,
    }
    return _("About %(answers)s answers a line; %(review)s; %(wrong)s; %(lines)s: a week for %(people)s.") % parts


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
