"""What the crowd has been very sure of for a week becomes known, and measures those who have not read it.

It never teaches: should the crowd be wrong after all, its error must not become doctrine. Nor is anybody measured by
their own answer, for nobody is asked a line twice.
"""

import random
from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F

from ..enums import DecidedBy, GoldSource, TaskState
from ..leasing.walking import RING
from ..models import Decision, Gold, Watermark

SETTLED_FOR = timedelta(days=7)
SURE = 0.99
AGREEING = 3
ENOUGH = 200  # for each question
AT_ONCE = 1000  # decisions
READ_TO = "promoted"


def promote_sure_lines(now: datetime) -> int:
    """Look at the decisions that have become a week old; return how many there were."""
    with transaction.atomic():
        mark, _made = Watermark.objects.select_for_update().get_or_create(name=READ_TO)
        due = Decision.objects.filter(pk__gt=mark.position, created_at__lt=now - SETTLED_FOR).order_by("pk")
        read = list(due.values_list("pk", flat=True)[:AT_ONCE])
        if read:
            promote(read, now)
            Watermark.objects.filter(name=READ_TO).update(position=read[-1])
    return len(read)


def promote(decisions: list[int], now: datetime) -> None:
    """Only a task's first decision, which still holds: nobody has ever doubted it."""
    sure = Decision.objects.filter(
        pk__in=decisions,
        pk=F("task__decision"),
        number=1,
        state=TaskState.AGREED,
        task__state=TaskState.AGREED,
        decided_by=DecidedBy.RULE,
        confidence__gte=SURE,
        answers__gte=AGREEING,
        agreement=1,
        task__page__withheld_at=None,
        task__workflow__source_workflow=None,
    )
    rows = list(sure.values_list("task", "project", "task__workflow", "value", "vote"))
    room = {workflow: ENOUGH for _task, _project, workflow, *_said in rows}
    held = Gold.objects.filter(workflow__in=room, active=True, source=GoldSource.CONSENSUS).values("workflow")
    room |= {workflow: ENOUGH - count for workflow, count in held.annotate(n=Count("pk")).values_list("workflow", "n")}
    taken: Counter[int] = Counter()
    made = []
    for task, project, workflow, value, vote in rows:
        if taken[workflow] < room[workflow]:
            taken[workflow] += 1
            source, draw = GoldSource.CONSENSUS, random.randrange(RING)
            known = {"workflow_id": workflow, "value": value, "vote": vote, "source": source, "draw": draw}
            made.append(Gold(task_id=task, project_id=project, active=True, created_at=now, **known))
    Gold.objects.bulk_create(made, ignore_conflicts=True)
