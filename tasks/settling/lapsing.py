"""Where nobody comes to choose between readings, the line goes on without: else it would wait for ever.

Whoever may choose may also type the line, so a choice has no need to end because few people are about; it ends because
a line that waits can be neither typed nor settled by an archivist.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from ..enums import TaskState
from ..models import Answer, Task, Workflow
from .resuming import go_on, locked

PATIENCE = timedelta(days=3)  # since the last answer to the line or the choice: longer than a weekend
AT_ONCE = 500


def end_forgotten_choices(now: datetime) -> int:
    """End the choices that nobody has taken up for days; return how many."""
    return sum(end_choice(child, now) for child in forgotten(now))


def forgotten(now: datetime) -> list[int]:
    lately = Answer.objects.filter(created_at__gte=now - PATIENCE)
    choices = Task.objects.with_seats().filter(
        ~Exists(lately.filter(task=OuterRef("pk"))),
        ~Exists(lately.filter(task=OuterRef("parent"))),
        workflow__in=list(Workflow.objects.exclude(source_workflow=None).values_list("pk", flat=True)),
        leased=0,
    )
    return list(choices.values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def end_choice(child: int, now: datetime) -> bool:
    """Ask it no more. What was chosen so far counts as it does anyway; False where somebody has come meanwhile."""
    ended = Task.objects.open().filter(pk=child, leased=0)
    if not ended.update(state=TaskState.WITHDRAWN, settled_at=now):
        return False
    parent = locked(Task.objects.values_list("parent", flat=True).get(pk=child))
    if parent.state == TaskState.WAITING:
        go_on(parent, now)
    return True
