"""What was read just now: the latest agreed readings, with their pictures."""

from collections.abc import Iterable
from itertools import chain, zip_longest
from typing import Any

from ..enums import ProjectState, TaskState
from ..models import Decision, Task
from .questions import crop_url, page_url

LOOKED_AT = 150  # decisions, the newest first
WORTH_SHOWING = 4  # letters: a bare number shows nobody that something can be found now
TO_CHOOSE_FROM = 12  # waiting lines


def latest_findings(most: int) -> list[dict[str, Any]]:
    """Return up to ``most`` readings of public projects, the newest first, one of each page, the projects in turn."""
    recent = Decision.objects.filter(state=TaskState.AGREED).exclude(project__state=ProjectState.DRAFT).order_by("-pk")
    values = dict(recent.values_list("pk", "value")[:LOOKED_AT])
    tasks = Task.objects.filter(pk__in=list(recent.values_list("task", flat=True)[:LOOKED_AT]), decision__in=values)
    found: dict[int, dict[str, Any]] = {}
    for task in tasks.filter(page__withheld_at=None).select_related("page", "project").order_by("-decision"):
        text = text_of(values.get(task.decision or 0) or {}, task.suggestion)
        if sum(map(str.isalpha, text)) >= WORTH_SHOWING:
            found.setdefault(task.page_id, finding(task, text))
    return in_turn(found.values())[:most]


def text_of(value: dict[str, Any], suggestion: str) -> str:
    """Return what a decided value says is written: the text typed, or the reading found to be right."""
    return suggestion if value.get("matches") else value.get("text", "")


def in_turn(findings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    by_project: dict[str, list[dict[str, Any]]] = {}
    for each in findings:
        by_project.setdefault(each["project"], []).append(each)
    return [each for each in chain(*zip_longest(*by_project.values())) if each]


def waiting_line(project: str) -> dict[str, Any] | None:
    """Return a line of a project (by slug) that still waits for readers, in the form of a finding without text."""
    waiting = Task.objects.lines().with_seats().filter(project__slug=project, page__withheld_at=None)
    some = list(waiting.select_related("page", "project").order_by("pk")[:TO_CHOOSE_FROM])
    return finding(max(some, key=lambda task: task.width), "") if some else None


def finding(task: Task, text: str) -> dict[str, Any]:
    page = task.page
    region = [task.x, task.y, task.width, task.height]
    return {
        "url": crop_url(task.pk),
        "width": task.crop_width,
        "height": task.crop_height,
        "text": text,
        "language": task.project.language,
        "project": task.project.slug,
        "where": task.project.title,
        "page": {"url": page_url(page.pk, page.turned), "width": page.width, "height": page.height, "region": region},
    }
