"""The queue of disputed tasks: by page and position, so that neighbouring lines come one after the other."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Volunteer

from ..enums import DecidedBy
from ..models import Decision, Project, Task
from ..models.tasks import TaskQuerySet
from ..settling.cases import answers_by
from ..showing.projects import progress_of
from .reviewing import UNDO_WINDOW

MANY = 500  # disputes are counted one by one up to here
NEIGHBOURS = 8
ORDER = ("page_id", "position", "pk")


@dataclass(frozen=True, slots=True)
class Queue:
    """The ids of the first disputes that this reviewer may settle, and how many wait in all; beyond ``MANY`` the
    number is the sweeper's, some seconds old. ``own`` are those they have read themselves."""

    tasks: tuple[int, ...]
    own: int
    total: int
    exact: bool

    def place_of(self, task: int) -> int | None:
        return self.tasks.index(task) + 1 if task in self.tasks else None


def disputes_of(project: Project) -> TaskQuerySet:
    return Task.objects.disputed().filter(project=project, page__withheld_at=None).order_by(*ORDER)


def marking_own(tasks: TaskQuerySet, reviewer: Volunteer) -> QuerySet[Any]:
    """Annotate ``own``: the reviewer has answered this subject and must leave it to others."""
    standing, taken_back = answers_by(reviewer, OuterRef("project"), OuterRef("subject"))
    return tasks.annotate(own=Exists(standing) | Exists(taken_back))


def queue_of(project: Project, reviewer: Volunteer) -> Queue:
    first = list(marking_own(disputes_of(project), reviewer).values_list("pk", "own")[:MANY])
    tasks = tuple(pk for pk, own in first if not own)
    exact = len(first) < MANY
    total = len(first) if exact else max(MANY, progress_of(project).disputed)
    return Queue(tasks, len(first) - len(tasks), total, exact)


def next_dispute(project: Project, reviewer: Volunteer, after: Task | None = None) -> int | None:
    """Return the first dispute behind ``after`` that the reviewer may settle, from the start again at the end."""
    mine = marking_own(disputes_of(project), reviewer).filter(own=False)
    if after is None:
        return mine.values_list("pk", flat=True).first()
    found = behind(mine, after).values_list("pk", flat=True).first()
    return found or mine.exclude(pk=after.pk).values_list("pk", flat=True).first()


def previous_dispute(project: Project, reviewer: Volunteer, before: Task) -> int | None:
    mine = marking_own(disputes_of(project), reviewer).filter(own=False)
    return ahead(mine, before).order_by(*(f"-{name}" for name in ORDER)).values_list("pk", flat=True).first()


def behind(tasks: QuerySet[Any], task: Task) -> QuerySet[Any]:
    """Those after ``task`` in the order of the queue; the page alone lets the index begin there."""
    later = Q(page__gt=task.page_id) | Q(position__gt=task.position) | Q(position=task.position, pk__gt=task.pk)
    return tasks.filter(later, page__gte=task.page_id)


def ahead(tasks: QuerySet[Any], task: Task) -> QuerySet[Any]:
    earlier = Q(page__lt=task.page_id) | Q(position__lt=task.position) | Q(position=task.position, pk__lt=task.pk)
    return tasks.filter(earlier, page__lte=task.page_id)


def neighbours_of(task: Task, reviewer: Volunteer) -> list[Task]:
    """Return other disputes of the same page, those that follow first."""
    others = marking_own(disputes_of(task.project), reviewer).filter(page=task.page_id).exclude(pk=task.pk)
    found = list(others.select_related("page__item", "version")[:MANY])
    after = [other for other in found if (other.position, other.pk) > (task.position, task.pk)]
    return (after + [other for other in found if other not in after])[:NEIGHBOURS]


def reviewed_in(project: Project, before: int | None, count: int) -> QuerySet[Decision]:
    """Return reviewers' decisions, the newest first, those with smaller ids than ``before``."""
    decisions = Decision.objects.filter(project=project, decided_by=DecidedBy.REVIEWER, restores=None)
    if before:
        decisions = decisions.filter(pk__lt=before)
    return decisions.select_related("task__page__item", "task__version", "reviewer").order_by("-pk")[:count]


def last_act(project: Project, reviewer: Volunteer, now: datetime) -> Decision | None:
    """Return the reviewer's latest act that holds and may be undone."""
    latest = Decision.objects.filter(project=project, decided_by=DecidedBy.REVIEWER).order_by("-pk")
    recent = latest.filter(reviewer=reviewer, restores=None, created_at__gt=now - UNDO_WINDOW)
    standing = recent.filter(pk=F("task__decision"), state=F("task__state")).select_related("task__page__item")
    return standing.first()
