"""What was read just now: the latest agreed readings, with their pictures."""

from typing import Any

from .enums import TaskState
from .models import Decision, Task
from .questions import crop_url, page_url

LOOKED_AT = 60  # decisions, the newest first


def latest_findings(most: int) -> list[dict[str, Any]]:
    """Return up to ``most`` readings of public projects that agree on a text, the newest first, one of each page."""
    recent = Decision.objects.filter(state=TaskState.AGREED).exclude(project__state="draft").order_by("-pk")
    texts = dict(recent.values_list("pk", "value")[:LOOKED_AT])
    tasks = Task.objects.filter(
        decision__in=texts, pk__in=recent.values_list("task")[:LOOKED_AT], page__withheld_at=None
    )
    rows = tasks.select_related("page", "project").order_by("-decision")
    found: dict[int, dict[str, Any]] = {}
    for task in rows:
        if text := (texts.get(task.decision or 0) or {}).get("text"):
            found.setdefault(task.page_id, finding(task, text))
    return list(found.values())[:most]


def waiting_line(project: str) -> dict[str, Any] | None:
    """Return a line of a project (by slug) that nobody has read yet, in the form of a finding without text."""
    waiting = Task.objects.with_seats().filter(project__slug=project, page__withheld_at=None)
    task = waiting.select_related("page", "project").order_by("pk").first()
    return finding(task, "") if task else None


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
        "page": {"url": page_url(page.pk), "width": page.width, "height": page.height, "region": region},
    }
