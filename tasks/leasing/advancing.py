"""Depth before breadth: the crowd begins pages on a front, a short stretch of the ring of fresh tasks, so that pages
finish. Jumps land on it (see ``walking``); whoever has read all of it walks on beyond. The sweeper moves it."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count

from ..enums import ProjectState, Urgency
from ..models import Lease, Task, Workflow

LEAST_PAGES, PAGES_A_READER = 20, 4  # of the front: wide enough that people seldom reach for the same line
LINES_A_PAGE = 10  # taken in a row (walking.NEIGHBOURS): a front of cards has as many lines as one of pages
SPARE = 4  # one page in so many may be left behind, where it would stretch the front far over finished ones
FAR = 2


def move_fronts(now: datetime) -> int:
    """Put the front of each question where fresh pages are; return how many moved."""
    readers = readers_by_project(now)
    moved = 0
    for workflow in Workflow.objects.playable().filter(project__state=ProjectState.OPEN):
        front = front_of(fresh_pages(workflow, pages_for(readers.get(workflow.project_id, 0))))
        if front != (workflow.front_from, workflow.frontier):
            moved += Workflow.objects.filter(pk=workflow.pk).update(front_from=front[0], frontier=front[1])
    return moved


def readers_by_project(now: datetime) -> dict[int, int]:
    """Return how many people hold a line now; the index of live leases is as short as the crowd."""
    held = Lease.objects.live().filter(expires_at__gt=now).order_by()
    counted = held.values("project").annotate(readers=Count("volunteer", distinct=True))
    return dict(counted.values_list("project", "readers"))


def pages_for(readers: int) -> int:
    return max(LEAST_PAGES, PAGES_A_READER * readers)


def fresh_pages(workflow: Workflow, pages: int) -> list[int]:
    """Return the shuffle numbers of the first pages with fresh tasks: so many pages, or more until there are as many
    lines as on such pages, and a few to spare."""
    fresh = Task.objects.with_seats().filter(workflow=workflow, urgency=Urgency.FRESH)
    rows = fresh.order_by("shuffle").values("shuffle").annotate(lines=Count("pk")).values_list("shuffle", "lines")
    found: list[int] = []
    wanted = pages * LINES_A_PAGE
    for shuffle, lines in rows[: wanted + pages // SPARE]:
        if len(found) >= pages + pages // SPARE and wanted <= 0:
            break
        found.append(shuffle)
        wanted -= lines
    return found


def front_of(pages: Sequence[int]) -> tuple[int, int] | tuple[None, None]:
    """Return the first and last of a stretch of pages, given in order: from the first, unless a few that were left
    behind stretch it to more than twice what the densest takes."""
    if not pages:
        return None, None
    length = len(pages) - len(pages) // (SPARE + 1)
    stretches = [(first, last) for first, last in zip(pages, pages[length - 1 :], strict=False)]
    densest = min(stretches, key=lambda stretch: stretch[1] - stretch[0])
    first = stretches[0]
    return first if first[1] - first[0] <= FAR * (densest[1] - densest[0]) else densest
