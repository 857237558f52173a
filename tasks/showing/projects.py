"""Projects as others see them, and the totals that the sweeper keeps."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..enums import ProjectState, TaskState
from ..models import Answer, Page, Progress, Project, Task, Workflow, WorkflowVersion
from ..models.projects import ProjectQuerySet
from ..models.tasks import TaskQuerySet
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
    return latest_versions(project.workflows.playable())


def latest_versions(workflows: QuerySet[Workflow]) -> list[WorkflowVersion]:
    versions = WorkflowVersion.objects.filter(workflow__in=workflows).select_related("workflow")
    latest = {version.workflow_id: version for version in versions.order_by("workflow", "number")}
    return list(latest.values())


def covers(projects: Iterable[Project]) -> dict[int, str]:
    """Return ``{project id: url of its first page}`` for those that have one; each is the first of an index."""
    pages = Page.objects.filter(item__project=OuterRef("pk"), withheld_at=None)
    first = pages.order_by("item__batch", "item__identifier", "position").values("pk")[:1]
    wanted = Project.objects.filter(pk__in=[project.pk for project in projects])
    found = wanted.annotate(cover=Subquery(first)).values_list("pk", "cover")
    return {project: page_url(page) for project, page in found if page}


def by_need(projects: ProjectQuerySet) -> QuerySet[Any]:
    """Order projects by how many of their tasks wait for readers; with that number as ``left``, none where closed."""
    left = Case(
        When(state=ProjectState.OPEN, then=Coalesce(F("progress__tasks") - F("progress__settled"), 0)),
        default=Value(0),
        output_field=IntegerField(),
    )
    return projects.annotate(left=left).order_by("-left", "pk")


def count_progress(project: int, now: datetime | None = None) -> Progress:
    """Count a project's lines, settled and disputed ones, answers and people anew; every count reads one index.

    What lies on withheld pages does not count, nor do tasks made from others: only those few are looked at.
    """
    tasks = Task.objects.filter(project=project)
    hidden = Page.objects.filter(project=project).exclude(withheld_at=None)
    left_out = [counts_of(Task.objects.lines().filter(page__in=hidden)), counts_of(tasks.filter(parent__isnull=False))]
    answers = Answer.objects.filter(project=project, reopened=False)
    values = {
        "tasks": tasks.count() - sum(few["tasks"] for few in left_out),
        "settled": tasks.filter(settled_at__isnull=False).count() - sum(few["settled"] for few in left_out),
        "disputed": tasks.filter(state=TaskState.DISPUTED).count() - sum(few["disputed"] for few in left_out),
        "counted_at": now or timezone.now(),
        **answers.aggregate(answers=Count("volunteer"), people=Count("volunteer", distinct=True)),
    }
    return Progress.objects.update_or_create(project_id=project, defaults=values)[0]


def counts_of(tasks: TaskQuerySet) -> dict[str, int]:
    return tasks.aggregate(
        tasks=Count("pk"),
        settled=Count("pk", filter=Q(settled_at__isnull=False)),
        disputed=Count("pk", filter=Q(state=TaskState.DISPUTED)),
    )


def describe_next(project: Project) -> dict[str, Any] | None:
    """Return the open project with most left to do, other than this one."""
    others = by_need(Project.objects.open().exclude(pk=project.pk))
    other = others.values("slug", "title", "left").first()
    return dict(other) if other and other["left"] else None
