"""Pages taken out of sight, and shown again: their pictures are gone everywhere at once, answers stay."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from .enums import UNSETTLED, TaskState
from .grouping import forget
from .leases import free_seats
from .models import Answer, Lease, Page, Task, Workflow


@transaction.atomic
def withhold(pages: QuerySet[Page], at: datetime) -> int:
    """Withhold those of the pages that are shown: what is open on them is withdrawn, leases die. Return how many."""
    hidden = pages.filter(withheld_at=None).update(withheld_at=at)
    if hidden:
        mine = pages.filter(withheld_at=at)
        free_seats(Lease.objects.live().filter(task__page__in=mine))
        Task.objects.filter(page__in=mine, state__in=UNSETTLED).update(state=TaskState.WITHDRAWN, settled_at=at)
        forget(Answer.objects.filter(task__page__in=mine, task__state=TaskState.WITHDRAWN))
    return hidden


@transaction.atomic
def show_again(pages: QuerySet[Page]) -> int:
    """Ask again what was withdrawn on these pages, and questions that came up meanwhile. Return how many.

    Answers that came before count as they did.
    """
    Workflow.objects.filter(project__in=pages.values("project")).update(to_spread=True)
    Task.objects.filter(page__in=pages, state=TaskState.WITHDRAWN).update(state=TaskState.OPEN, settled_at=None)
    return pages.update(withheld_at=None)
