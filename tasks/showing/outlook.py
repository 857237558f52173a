"""How a project stands: what is read, how fast, when it will be done, and which of its pages wait for whom."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Count, Q, QuerySet, Value

from ..enums import UNSETTLED, TaskState
from ..models import Lease, Page, Progress, Project, Task

DAYS = 14
RATE_DAYS = 7  # over which the pace of the forecast is taken
FARTHEST = 3650  # days: beyond them a forecast says nothing
PAGES_SHOWN = 240


@dataclass(frozen=True)
class Day:
    date: date
    lines: int  # settled on it


@dataclass(frozen=True)
class Pace:
    """``per_day`` is the mean of the last week or of the days since the first line; ``done`` is a guess, if any."""

    days: list[Day]
    per_day: float
    done: date | None

    @property
    def lines_a_day(self) -> int:
        return round(self.per_day)


def pace_of(project: Project, progress: Progress, now: datetime) -> Pace:
    zone = zone_of(project)
    days = settled_by_day(project, now.astimezone(zone).date(), zone)
    begun = next((place for place, day in enumerate(days) if day.lines), len(days))
    recent = days[max(begun, len(days) - RATE_DAYS) :]
    per_day = sum(day.lines for day in recent) / len(recent) if recent else 0.0
    left = progress.tasks - progress.settled
    far = ceil(left / per_day) if per_day and left > 0 else 0
    return Pace(days, per_day, days[-1].date + timedelta(far) if 0 < far < FARTHEST else None)


def settled_by_day(project: Project, today: date, zone: tzinfo) -> list[Day]:
    """Count the lines settled on each of the last days: short ranges of one index, in one statement."""
    dates = [today - timedelta(ago) for ago in reversed(range(DAYS))]
    counts = [settled_on(project, day, zone, place) for place, day in enumerate(dates)]
    found = dict(counts[0].union(*counts[1:], all=True))
    return [Day(day, found.get(place, 0)) for place, day in enumerate(dates)]


def settled_on(project: Project, day: date, zone: tzinfo, place: int) -> QuerySet[Task, tuple[int, int]]:
    begin, end = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(1)))
    rows = Task.objects.lines().filter(project=project, settled_at__gte=begin, settled_at__lt=end).order_by()
    return rows.values(place=Value(place)).annotate(lines=Count("pk")).values_list("place", "lines")


def zone_of(project: Project) -> tzinfo:
    try:
        return ZoneInfo(project.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def readers_now(project: Project, now: datetime) -> int:
    """How many people hold a line at this moment: the index of live leases is as short as the crowd."""
    live = Lease.objects.filter(seat=True, used_at=None, expires_at__gt=now, project=project)
    return live.values("volunteer").distinct().count()


def disputes_of(projects: Iterable[Project]) -> dict[int, int]:
    """Return ``{project id: lines that wait for a reviewer}``, without those that have none."""
    disputed = Task.objects.disputed().filter(project__in=projects).order_by()
    return dict(disputed.values("project").annotate(lines=Count("pk")).values_list("project", "lines"))


def pages_of(projects: Iterable[Project]) -> dict[int, int]:
    pages = Page.objects.filter(project__in=projects).order_by()
    return dict(pages.values("project").annotate(pages=Count("pk")).values_list("project", "pages"))


def page_map(project: Project) -> list[str]:
    """Return what the newest pages are, oldest of them first: waiting, reading, agreed, disputed or unreadable."""
    newest = list(Page.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True)[:PAGES_SHOWN])
    kept = Task.objects.lines().filter(page__in=newest).exclude(state=TaskState.WITHDRAWN).order_by()
    rows = kept.values("page").annotate(
        lines=Count("pk"),
        unsettled=Count("pk", filter=Q(state__in=UNSETTLED)),
        begun=Count("pk", filter=Q(answered__gt=0)),
        disputed=Count("pk", filter=Q(state=TaskState.DISPUTED)),
        unreadable=Count("pk", filter=Q(state=TaskState.UNREADABLE)),
    )
    states = {row["page"]: state_of(row) for row in rows}
    return [states[page] for page in reversed(newest) if page in states]


def state_of(row: Mapping[str, Any]) -> str:
    if row["disputed"]:
        return "disputed"
    if row["unsettled"]:
        return "reading" if row["begun"] else "waiting"
    return "unreadable" if row["unreadable"] == row["lines"] else "agreed"


def tally(states: list[str]) -> dict[str, int]:
    """Count the pages of each state, in the order in which a page goes through them."""
    counted = Counter(states)
    return {state: counted[state] for state in ("agreed", "reading", "waiting", "disputed", "unreadable")}
