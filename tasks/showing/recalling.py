"""What a volunteer answered, newest first, and what was decided since.

Others' readings show no sooner than an answer can no longer be taken back: nobody is led to answer once more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..consensus.differences import Part, WordDifference, differences, differing_words
from ..enums import UNSETTLED, DecidedBy, ProjectState, TaskState
from ..kinds.choose import chosen
from ..models import Answer, Decision, Pace
from .questions import crop_url

BY_THE_ARCHIVE = (DecidedBy.REVIEWER, DecidedBy.GOLD)


class Fate(models.TextChoices):
    """What became of an answer."""

    TAKEN_BACK = "taken_back", gettext_lazy("You took it back.")
    PASSED_BY = "passed_by", gettext_lazy("It came after the line was settled. It is kept.")
    WAITING = "waiting", gettext_lazy("Waiting for others to read it too.")
    WITHDRAWN = "withdrawn", gettext_lazy("The archive withdrew this line. What you earned stays yours.")
    LAPSED = "lapsed", gettext_lazy("Too few others came to choose. What you chose counts for the line.")
    DISPUTED = "disputed", gettext_lazy("Readers differ on this line: the archive decides.")
    AGREED = "agreed", gettext_lazy("This is what was decided.")
    DIFFERED = "differed", gettext_lazy("Something else was decided.")


@dataclass(frozen=True, slots=True)
class Memory:
    """One answer; ``picture`` is empty where its page is withheld. ``parts`` and ``words`` say why it differed."""

    answer: int
    project: int
    slug: str  # empty while the project is not public
    title: str
    language: str
    prompt: str
    picture: str
    given_at: datetime
    mine: str
    written: bool  # words read from the page, not words of ours
    chosen: bool  # among the readings of others
    fate: Fate
    decided: str
    by_the_archive: bool
    parts: tuple[Part, ...] = ()
    words: tuple[WordDifference, ...] = ()


def memories(volunteer: int, limit: int, *, before: int | None = None, now: datetime | None = None) -> list[Memory]:
    """Return up to ``limit`` answers with ids below ``before``, newest first, in two queries however many there are."""
    rows = Answer.objects.filter(volunteer=volunteer).order_by("-id")
    rows = rows.select_related("project", "version", "task__page")
    found = list((rows.filter(id__lt=before) if before else rows)[:limit])
    decisions = Decision.objects.in_bulk([answer.task.decision for answer in found if answer.task.decision])
    latest_shown = (now or timezone.now()) - settings.UNDO_WINDOW
    return [memory_of(a, decisions.get(a.task.decision or 0), open_to_all=a.created_at < latest_shown) for a in found]


def memory_of(answer: Answer, decision: Decision | None, *, open_to_all: bool) -> Memory:
    task, project = answer.task, answer.project
    public = project.state != ProjectState.DRAFT
    fate = fate_of(answer, decision, open_to_all=open_to_all)
    holding = (decision.value if decision else None) or {}
    given, holding = (chosen(value, task.payload) for value in (answer.value, holding))
    decided = said(holding) if fate in (Fate.AGREED, Fate.DIFFERED) else ""
    mine = said(given)
    differs = bool(fate == Fate.DIFFERED and given and holding and "text" in given and "text" in holding)
    return Memory(
        answer=answer.pk,
        project=project.pk,
        slug=project.slug if public else "",
        title=project.title if public else _("A project that is not public now"),
        language=project.language,
        prompt=answer.version.prompt if public else "",
        picture=crop_url(task.pk) if public and task.page.withheld_at is None else "",
        given_at=answer.created_at,
        mine=mine,
        written=bool(given and "text" in given),
        chosen=answer.task.parent_id is not None,
        fate=fate,
        decided=decided,
        by_the_archive=bool(decided and decision and decision.decided_by in BY_THE_ARCHIVE),
        parts=differences(mine, decided) if differs else (),
        words=differing_words(mine, decided) if differs else (),
    )


def fate_of(answer: Answer, decision: Decision | None, *, open_to_all: bool) -> Fate:
    task, state = answer.task, answer.task.state
    if answer.withdrawn_at:
        return Fate.TAKEN_BACK
    if state == TaskState.WITHDRAWN:
        return Fate.LAPSED if task.parent_id and task.page.withheld_at is None else Fate.WITHDRAWN
    if state in UNSETTLED or not open_to_all:
        return Fate.WAITING
    if decision is None or not decision.vote:
        return Fate.DISPUTED if answer.counted else Fate.PASSED_BY
    return Fate.AGREED if answer.vote == decision.vote else Fate.DIFFERED


def said(value: Mapping[str, Any] | None) -> str:
    """Return an answer's value as one reads it; None: of the readings to choose from it took none."""
    if value is None:
        return _("None of these readings")
    if value.get("unreadable"):
        return _("It cannot be read")
    if value.get("blank"):
        return _("It is empty")
    if "matches" in value:
        return _("Yes, it matches") if value["matches"] else _("No, it differs")
    return str(value.get("text", ""))


def answers_by_project(volunteer: int) -> dict[int, int]:
    """Return how many answers of the volunteer stand in each project; it counts one's own alone, along an index."""
    projects = Pace.objects.filter(volunteer=volunteer).values_list("workflow__project", flat=True).distinct()
    mine = Answer.objects.filter(volunteer=volunteer, project__in=list(projects), withdrawn_at=None)
    return dict(mine.order_by().values_list("project").annotate(Count("id")))
