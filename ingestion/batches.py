"""Batches as their owners see them."""

from typing import Any

from django.db.models import Count

from tasks.models import Batch, Page, Task

from .models import File

MOST_SHOWN = 100  # refused files; ``files`` lists them all


def describe(batch: Batch) -> dict[str, Any]:
    states = batch.files.order_by().values_list("state").annotate(Count("pk"))
    return {
        "id": batch.pk,
        "project": batch.project.slug,
        "name": batch.name,
        "state": batch.state,
        "reason": batch.reason,
        "total": batch.total,
        "done": batch.done,
        "pages": Page.objects.filter(item__batch=batch).count(),
        "tasks": Task.objects.lines().filter(page__item__batch=batch).count(),
        "files": dict(states),
        "refused": [describe_file(file) for file in batch.files.refused().order_by("pk")[:MOST_SHOWN]],
        "created_at": batch.created_at,
    }


def describe_file(file: File) -> dict[str, Any]:
    return {"name": file.path_label, "state": file.state, "reason": file.reason, "step": file.step}
