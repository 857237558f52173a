"""What the pages of review show."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import role_in
from accounts.enums import Role
from accounts.models import Volunteer

from ..enums import KindName, TaskState
from ..models import Decision, Gold, Project, Task
from ..refitting.doubting import METHOD
from ..settling.cases import REVIEWABLE, has_answered
from ..showing.questions import crop_url, questions_of
from .collating import collate, text_of
from .disputes import (
    behind,
    last_act,
    neighbours_of,
    next_dispute,
    previous_dispute,
    queue_of,
)
from .reviewing import UNDO_WINDOW

PER_PAGE = 50
SETTLED_SO = (TaskState.AGREED, TaskState.UNREADABLE)
MORE = 2  # answers asked for by one key


def dispute_page(task: Task, reviewer: Volunteer) -> dict[str, Any]:
    """Return the context of a task's page; a number of queries that does not grow."""
    queue = queue_of(task.project, reviewer)
    own = has_answered(reviewer, task)
    following = next_dispute(task.project, reviewer, task)
    shown = questions_of([task.pk])[task.pk]
    collation = None if own else collate(task)
    act = last_act(task.project, reviewer, timezone.now())
    return {
        "project": task.project,
        "task": task,
        "shown": shown,
        "where": where(task),
        "typed_kind": task.version.kind == KindName.TRANSCRIBE,
        "own": own,
        "open": not own and task.state in REVIEWABLE,
        "disputed": task.state == TaskState.DISPUTED,
        "holds": held_by(task, reviewer),
        "doubt": doubt_about(task),
        "collation": collation,
        "typed": best_guess(collation.readings) if collation else "",
        "usable": bool(task.decision) and task.state in SETTLED_SO and marks_known(reviewer, task.project),
        "known": bool(known_among([task.pk])),
        "more": MORE,
        "queue": queue,
        "place": queue.place_of(task.pk),
        "next": following,
        "next_picture": crop_url(following) if following else "",
        "previous": previous_dispute(task.project, reviewer, task),
        "neighbours": [line_of(other) for other in neighbours_of(task, reviewer)],
        "last": act and row_of(act, reviewer),
    }


def doubt_about(task: Task) -> str:
    """Say why a settled line has come back, when the answers together speak for something else now."""
    decision = Decision.objects.filter(pk=task.decision or 0, state=TaskState.DISPUTED, method=METHOD).first()
    if decision is None or task.state != TaskState.DISPUTED:
        return ""
    before = Decision.objects.filter(task=task.pk, number__lt=decision.number).latest("number")
    words = _(
        "This line was settled as “%(answer)s”. More is known about its readers since, and another reading is now "
        "taken for right with %(percent)s %%. It is yours to decide."
    )
    return words % {"answer": text_of(before.value or {}), "percent": number_format(round(100 * decision.confidence))}


def best_guess(readings: Iterable[Any]) -> str:
    """Return the text to start from when none of the readings is quite right."""
    return next((reading.text for reading in readings if reading.is_text), "")


def where(task: Task) -> str:
    page = task.page
    line = {"item": page.item.identifier, "page": page.position + 1, "line": task.position + 1}
    if page.position:
        return _("%(item)s, page %(page)d, line %(line)d") % line
    return _("%(item)s, line %(line)d") % line


def line_of(task: Task) -> dict[str, Any]:
    """A task in a list; ``own`` is annotated."""
    return {
        "task": task.pk,
        "crop": crop_url(task.pk),
        "width": task.crop_width,
        "height": task.crop_height,
        "where": where(task),
        "line": task.position + 1,
        "answers": task.answered,
        "prompt": task.version.prompt,
        "own": task.own,  # type: ignore[attr-defined]  # annotated by marking_own
    }


def held_by(task: Task, reviewer: Volunteer) -> dict[str, Any] | None:
    """Say what holds of a task that is no dispute: decided by whom, as what, or asked again."""
    if task.state == TaskState.DISPUTED or task.decision is None:
        return None
    decision = Decision.objects.select_related("reviewer").get(pk=task.decision)
    facts = {"by": by(decision, reviewer), "at": decision.created_at, "note": decision.reason}
    return facts | said(decision)


def said(decision: Decision) -> dict[str, str]:
    """Return what a decision made of its task: the ``text`` that is written there, or else a sentence as ``said``."""
    value = decision.value or {}
    if decision.state == TaskState.OPEN:
        return {"said": _("Volunteers are asked again.")}
    if "text" in value:
        return {"text": value["text"]}
    return {"said": _("Settled: %(answer)s.") % {"answer": text_of(value)}}


def marks_known(reviewer: Volunteer, project: Project) -> bool:
    """Whether the reader may let settled lines be asked as known ones."""
    return role_in(reviewer, project.organisation_id) in Role.ARCHIVIST.and_above


def known_among(tasks: Iterable[int]) -> set[int]:
    return set(Gold.objects.filter(task__in=list(tasks), active=True).values_list("task", flat=True))


def rows_of(decisions: Iterable[Decision], reviewer: Volunteer) -> list[dict[str, Any]]:
    found = list(decisions)
    known = known_among(decision.task_id for decision in found)
    return [row_of(decision, reviewer) | {"known": decision.task_id in known} for decision in found]


def by(decision: Decision, reviewer: Volunteer) -> str:
    if decision.reviewer_id == reviewer.pk:
        return _("you")
    if decision.reviewer:
        return str(decision.reviewer)
    return ngettext("%(number)d volunteer", "%(number)d volunteers", decision.answers) % {"number": decision.answers}


def row_of(decision: Decision, reviewer: Volunteer, now: datetime | None = None) -> dict[str, Any]:
    """A reviewer's act in a list; ``holds`` while nothing came after it."""
    task, now = decision.task, now or timezone.now()
    holds = task.decision == decision.pk and task.state == decision.state
    mine = decision.reviewer_id == reviewer.pk
    return {
        "decision": decision.pk,
        "task": task.pk,
        "crop": crop_url(task.pk),
        "width": task.crop_width,
        "height": task.crop_height,
        "where": where(task),
        "by": by(decision, reviewer),
        "at": decision.created_at,
        "note": decision.reason,
        "holds": holds,
        "undoable": holds and mine and now - decision.created_at <= UNDO_WINDOW,
        "settled": decision.state != TaskState.OPEN,
    } | said(decision)


def listed(rows: QuerySet[Any], after: int) -> tuple[list[Task], int | None]:
    """Return a page of the queue behind the task with id ``after``, and the id to go on from."""
    start = Task.objects.filter(pk=after).first() if after else None
    found = list((behind(rows, start) if start else rows)[: PER_PAGE + 1])
    return found[:PER_PAGE], found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None


def rows_by_page(tasks: Iterable[Task]) -> list[dict[str, Any]]:
    grouped = groupby(tasks, key=lambda task: task.page)
    return [
        {"title": page.item.identifier, "number": page.position + 1, "lines": [line_of(task) for task in some]}
        for page, some in grouped
    ]
