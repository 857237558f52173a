"""A new question goes to the pages that are there already: to each region that another question was cut for."""

import logging
from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet

from ..enums import BatchState, KindName, TaskState
from ..identity import natural_key
from ..models import Batch, Page, Task, Workflow, WorkflowVersion

logger = logging.getLogger(__name__)

PAGES_AT_ONCE = 50
COPIED = (
    *("project_id", "page_id", "subject", "x", "y", "width", "height", "suggestion", "position", "shuffle"),
    *("crop_at", "crop_length", "crop_width", "crop_height"),
)


def questions_to_spread() -> QuerySet[Workflow]:
    """Questions asked while pages were there. One waits while a batch is being read, which may not know of it yet."""
    reading = Batch.objects.filter(state=BatchState.READING).values("project")
    return Workflow.objects.filter(to_spread=True).exclude(project__in=reading)


def spread(workflow: Workflow) -> int:
    """Make the tasks of a question; return how many are new. Running twice, or on from where it broke off, is safe."""
    pages, made = Page.objects.filter(project=workflow.project_id, withheld_at=None).order_by("pk"), 0
    last = 0
    while some := list(pages.filter(pk__gt=last)[:PAGES_AT_ONCE]):
        made += ask_of(some, workflow)
        last = some[-1].pk
    Workflow.objects.filter(pk=workflow.pk).update(to_spread=False)
    logger.info("question %s asked of %s lines that were there", workflow.pk, made)
    return made


@transaction.atomic
def ask_of(pages: list[Page], workflow: Workflow) -> int:
    list(Page.objects.select_for_update().filter(pk__in=[page.pk for page in pages]))  # none is cut anew meanwhile
    version = workflow.current
    tasks = list(tasks_on(pages, version))
    known = Task.objects.filter(project=workflow.project_id, natural_key__in=[task.natural_key for task in tasks])
    before = known.count()
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
    return len(tasks) - before


def tasks_on(pages: list[Page], version: WorkflowVersion) -> Iterator[Task]:
    sha256 = {page.pk: page.sha256 for page in pages}
    others = Task.objects.filter(page__in=pages, parent=None).exclude(workflow=version.workflow_id)
    seen = set()
    for line in others.exclude(state=TaskState.WITHDRAWN).order_by("page", "position", "pk"):
        key = natural_key(sha256[line.page_id], line.region, version.workflow_id)
        if key in seen or (version.kind == KindName.VERIFY and not line.suggestion):
            continue
        seen.add(key)
        copied = {name: getattr(line, name) for name in COPIED}
        rules = {"wanted": version.rules.minimum, "maximum": version.rules.maximum}
        yield Task(workflow_id=version.workflow_id, version=version, natural_key=key, **copied, **rules)
