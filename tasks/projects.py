"""Projects as others see them, and the totals that the sweeper keeps."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min
from django.utils import timezone

from .models import Answer, Page, Progress, Project, Task, WorkflowVersion
from .questions import page_url


def progress_of(project: Project) -> Progress:
    return getattr(project, "progress", None) or Progress(
        project=project, tasks=0, settled=0, disputed=0, answers=0, people=0
    )


def describe(project: Project) -> dict[str, Any]:
    progress = progress_of(project)
    return {
        "slug": project.slug,
        "title": project.title,
        "summary": project.summary,
        "language": project.language,
        "state": project.state,
        "licence": project.licence,
        "tasks": progress.tasks,
        "settled": progress.settled,
    }


def describe_fully(project: Project) -> dict[str, Any]:
    return describe(project) | {
        "story": project.story,
        "organisation": project.organisation.name,
        "workflows": [
            {"id": version.workflow_id, "slug": version.workflow.slug, "kind": version.kind, "prompt": version.prompt}
            for version in current_versions(project)
        ],
    }


def current_versions(project: Project) -> list[WorkflowVersion]:
    """Return the wording that holds of each open question, in the order in which they are asked."""
    versions = WorkflowVersion.objects.filter(workflow__in=project.workflows.playable()).select_related("workflow")
    latest = {version.workflow_id: version for version in versions.order_by("workflow", "number")}
    return list(latest.values())


def covers(projects: Iterable[Project]) -> dict[int, str]:
    """Return ``{project id: url of its first page}`` for those that have one."""
    first = Page.objects.filter(project__in=projects, withheld_at=None).values_list("project").annotate(Min("id"))
    return {project: page_url(page) for project, page in first}


def count_progress(project: int, now: datetime | None = None) -> Progress:
    """Count a project's tasks, settled and disputed ones, answers and people anew; every count reads one index."""
    tasks = Task.objects.filter(project=project)
    answers = Answer.objects.filter(project=project, reopened=False)
    values = {
        "tasks": tasks.count(),
        "settled": tasks.filter(settled_at__isnull=False).count(),
        "disputed": tasks.disputed().count(),
        "counted_at": now or timezone.now(),
        **answers.aggregate(answers=Count("volunteer"), people=Count("volunteer", distinct=True)),
    }
    return Progress.objects.update_or_create(project_id=project, defaults=values)[0]


def describe_next(project: Project) -> dict[str, Any] | None:
    """Return the open project with most left to do, other than this one."""
    others = Project.objects.open().exclude(pk=project.pk).select_related("progress")
    left = others.annotate(left=F("progress__tasks") - F("progress__settled")).filter(left__gt=0)
    other = left.order_by("-left").first()
    return {"slug": other.slug, "title": other.title, "left": other.left} if other else None
