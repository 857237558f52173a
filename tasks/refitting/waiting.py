"""Which workflows wait for a fit: those of which enough is new, after a rest that is long where a fit is."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q

from ..models import Fit, Gold, Progress, Workflow
from ..showing.projects import progress_of

FIRST = 20  # answers to a project before its first fit
GROWTH, MANY = 1.5, 50  # so many times as many answers, and so many more, wait for no rest
LEAST_REST = timedelta(minutes=10)
RESTS = 100  # times as long as the fit took: a worker spends at most a hundredth of its time on one workflow


def workflows_to_fit(now: datetime) -> Iterator[int]:
    """Yield workflows (ids) of projects with something new that nobody is fitting.

    New is whatever has changed the totals of the project since its last fit began (answers, settled or disputed tasks)
    or how many of its tasks are known.
    A fit reads all answers; as it comes when they are half as many again, or rests a hundred times its own length, an
    answer is read a few times in its life.
    """
    known = dict(Gold.objects.filter(active=True).values_list("workflow").annotate(Count("pk")))
    free = Q(fit__claimed_until=None) | Q(fit__claimed_until__lt=now)
    totals = {progress.project_id: progress for progress in Progress.objects.filter(answers__gte=FIRST)}
    for workflow in Workflow.objects.filter(free, project__in=totals).select_related("fit").order_by("pk"):
        if is_due(getattr(workflow, "fit", None), counted(totals[workflow.project_id], known.get(workflow.pk, 0)), now):
            yield workflow.pk


def counted(progress: Progress, known: int) -> list[int]:
    return [progress.answers, progress.settled, progress.disputed, known]


def counted_now(workflow: Workflow) -> list[int]:
    """What is noted with a fit when it begins: while it stays there is nothing new."""
    known = Gold.objects.filter(workflow=workflow, active=True).count()
    return counted(progress_of(workflow.project), known)


def is_due(fit: Fit | None, totals: list[int], now: datetime) -> bool:
    if fit is None or fit.fitted_at is None or not fit.findings.get("finished"):
        return True
    noted = fit.findings["totals"]
    if noted == totals:
        return False
    grown = totals[0] >= GROWTH * noted[0] and totals[0] >= noted[0] + MANY
    rest = max(LEAST_REST, timedelta(seconds=RESTS * fit.findings["seconds"]))
    return grown or fit.fitted_at + rest < now
