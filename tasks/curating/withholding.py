"""Pages taken out of sight, and shown again: their pictures are gone everywhere at once, answers stay."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from ..enums import UNSETTLED, TaskState
from ..leasing.leases import free_seats
from ..models import Answer, Lease, Page, Task, Workflow
from ..trust.grouping import forget


@transaction.atomic
def withhold(pages: QuerySet[Page], at: datetime) -> int:
    """Withhold those of the pages that are shown: what is open on them is withdrawn, leases die. Return how many."""
    hidden = pages.filter(withheld_at=None).update(withheld_at=at)
    if hidden:
        mine = pages.filter(withheld_at=at)
        free_seats(Lease.objects.live().filter(task__page__in=mine))
        open_ones = Task.objects.filter(page__in=mine, state__in=UNSETTLED)
        for some in (open_ones.filter(parent__isnull=False), open_ones):  # locks are taken child first
            some.update(state=TaskState.WITHDRAWN, settled_at=at)
        forget(Answer.objects.filter(task__page__in=mine, task__state=TaskState.WITHDRAWN))
    return hidden


@transaction.atomic
def show_again(pages: QuerySet[Page]) -> int:
    """Ask again what was withdrawn on these pages, and questions that came up meanwhile. Return how many.

    Answers that came before count as they did.
    """
    Workflow.objects.asked().filter(project__in=pages.values("project")).update(to_spread=True)
    withdrawn = Task.objects.filter(page__in=pages, state=TaskState.WITHDRAWN)
    again = {"state": TaskState.OPEN, "settled_at": None}
    children = withdrawn.filter(parent__isnull=False, settled_at=F("page__withheld_at"))  # not for a reading's sake
    waited_for = [child.parent_id or 0 for child in children]
    children.update(**again)
    withdrawn.lines().filter(pk__in=waited_for).update(state=TaskState.WAITING, settled_at=None)
    withdrawn.lines().update(**again)
    return pages.update(withheld_at=None)
