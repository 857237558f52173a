"""How the known lines of a project do: how often each was asked and missed, and which of them may be wrong itself."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from ..consensus import text_of
from ..enums import GoldSource, Purpose
from ..models import Answer, Gold, Project, Skill, Task
from ..models.tasks import TaskQuerySet
from ..settling.weighing import MUTED
from ..showing.questions import crop_url
from ..showing.recalling import said

PER_PAGE = 100
ENOUGH = 3  # trusted readers, before a known line is doubted


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A known line in a list. ``otherwise`` is what most of those who are trusted read instead, empty where most of
    them read what is known."""

    task: Task
    crop: str
    text: str
    written: bool
    asked: int
    missed: int
    otherwise: str


def known_lines(project: Project, source: GoldSource, after: int = 0) -> tuple[list[KnownLine], int | None]:
    """Return a page of the lines asked as known ones, those that may be wrong first, and the task to go on from."""
    rows = Gold.objects.filter(project=project, active=True, source=source, task__gt=after).order_by("task")
    found = list(rows.select_related("task__page__item", "task__version", "workflow")[: PER_PAGE + 1])
    shown = found[:PER_PAGE]
    answers = answers_to([gold.pk for gold in shown])
    lines = [line_of(gold, answers[gold.pk]) for gold in shown]
    return sorted(lines, key=lambda line: not line.otherwise), shown[-1].pk if len(found) > PER_PAGE else None


def line_of(gold: Gold, answers: list[tuple[str, int, int]]) -> KnownLine:
    """``answers``: each vote with how many gave it, and how many of those are trusted."""
    trusted = Counter({vote: heard for vote, _count, heard in answers})
    missing = trusted.total() - trusted[gold.vote]
    doubted = trusted.total() >= ENOUGH and 2 * missing > trusted.total()
    others = [pair for pair in trusted.most_common() if pair[0] != gold.vote]
    return KnownLine(
        task=gold.task,
        crop=crop_url(gold.pk),
        text=said(gold.value),
        written="text" in gold.value,
        asked=sum(count for _vote, count, _heard in answers),
        missed=sum(count for vote, count, _heard in answers if vote != gold.vote),
        otherwise=(text_of(others[0][0]) or "–") if doubted else "",
    )


def answers_to(tasks: list[int]) -> dict[int, list[tuple[str, int, int]]]:
    theirs = Skill.objects.filter(volunteer=OuterRef("volunteer"), workflow=OuterRef("task__workflow"))
    muted = Exists(theirs.filter(trust__lt=MUTED))
    rows = Answer.objects.filter(task__in=tasks, purpose=Purpose.CHECK).annotate(muted=muted)
    counted = rows.order_by().values("task", "vote").annotate(n=Count("pk"), heard=Count("pk", filter=Q(muted=False)))
    found: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    for task, vote, count, heard in counted.values_list("task", "vote", "n", "heard"):
        found[task].append((vote, count, heard))
    return found


def count_by_source(project: Project) -> dict[str, int]:
    rows = Gold.objects.filter(project=project, active=True).order_by().values("source").annotate(n=Count("pk"))
    return dict(rows.values_list("source", "n"))


def markable(project: Project) -> TaskQuerySet:
    """The open lines that might become known ones."""
    return Task.objects.open().filter(
        project=project, page__withheld_at=None, gold=None, answered=0, workflow__source_workflow=None
    )


def some_line(project: Project, after: Any = None) -> int | None:
    """Return an open line to be marked: of a random page, or of the page that follows that of task ``after``."""
    rows = markable(project).order_by("shuffle", "position")
    behind = rows.filter(shuffle__gt=after.shuffle) if after else rows
    return behind.values_list("pk", flat=True).first() or rows.values_list("pk", flat=True).first()
