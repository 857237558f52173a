"""The projector turns ledger lines into standings, tallies and versions: the only writer of the boards.

Its work grows with the lines, never with the number of players.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from accounts.models import Volunteer
from tasks.machinery.durability import lazy_commit
from tasks.models import Project

from .adding import add_up
from .models import EVERYONE, BoardVersion, Ledger, Standing, Tally
from .periods import periods_of, site_zone, zone_of
from .rules import NOTHING, Amounts, amounts_of

LINES = 200  # in one transaction: on SQLite the answers wait for it


class Place(NamedTuple):
    """A volunteer's row on one board in one period."""

    volunteer: int
    board: int
    period: str
    period_start: date


class Line(NamedTuple):
    """A ledger line as the boards need it."""

    project: int
    volunteer: int
    rule: str
    points: int
    earned_at: datetime


LINE_FIELDS = ("project_id", "volunteer_id", "rule", "points", "earned_at")
Changes = dict[Place, Amounts]


def project_lines(limit: int = LINES) -> int:
    """Add up to ``limit`` new ledger lines to the boards, in one transaction; return how many there were.

    Two at once share the lines: on SQLite the second waits for the first, on PostgreSQL it skips what is locked.
    """
    if not Ledger.objects.unprojected().exists():  # looked at without taking SQLite's only write lock
        return 0
    with lazy_commit():
        new = Ledger.objects.unprojected().order_by("id").select_for_update(skip_locked=True)
        rows = list(new.values_list("id", *LINE_FIELDS)[:limit])
        lines = [Line(*row[1:]) for row in rows]
        gone = erased_among({line.volunteer for line in lines})
        apply(changes_of((line for line in lines if line.volunteer not in gone), calendars({row[1] for row in rows})))
        Ledger.objects.filter(id__in=[row[0] for row in rows]).update(projected=True)
    return len(rows)


def erased_among(volunteers: Iterable[int]) -> set[int]:
    """Return those who asked to be forgotten: their lines stay in the ledger and come on no board."""
    erased = Volunteer.objects.filter(pk__in=volunteers, erased_at__isnull=False)
    return set(erased.values_list("pk", flat=True))


def calendars(projects: Iterable[int]) -> dict[int, tzinfo]:
    """Return the time zone of each project."""
    rows = Project.objects.filter(pk__in=projects).values_list("pk", "time_zone")
    return {project: zone_of(name) for project, name in rows}


def changes_of(lines: Iterable[Line], zones: Mapping[int, tzinfo]) -> Changes:
    """Add lines up by day, then days by period: everyone's board keeps the site's zone, a project's the project's."""
    of_the_site = site_zone()
    days: dict[tuple[int, int, date], Amounts] = defaultdict(lambda: NOTHING)
    for line in lines:
        amounts = amounts_of(line.rule, line.points)
        for board, zone in ((EVERYONE, of_the_site), (line.project, zones[line.project])):
            day = (line.volunteer, board, line.earned_at.astimezone(zone).date())
            days[day] = days[day].plus(amounts)
    changes: Changes = defaultdict(lambda: NOTHING)
    for (volunteer, board, date_), amounts in days.items():
        for period, start in periods_of(date_):
            place = Place(volunteer, board, period.value, start)
            changes[place] = changes[place].plus(amounts)
    return changes


def apply(changes: Mapping[Place, Amounts]) -> None:
    """Add to standings, move the players between tallies and raise the versions of the boards touched."""
    moved: dict[tuple[Any, ...], int] = defaultdict(int)
    for place, (points, _right, _settled) in add_up(Standing, Place._fields, Amounts._fields, changes):
        moved[*place[1:], points - changes[place].points] -= 1
        moved[*place[1:], points] += 1
    move_players(moved)
    raise_versions({place.board for place in changes})


def move_players(moved: Mapping[tuple[Any, ...], int]) -> None:
    """Add ``{(board, period, period_start, points): players}`` to the tallies; nobody is counted at 0 points."""
    changes = {key: (players,) for key, players in moved.items() if players and key[-1]}
    for _sums in add_up(Tally, ("board", "period", "period_start", "points"), ("players",), changes):
        pass
    Tally.objects.filter(players=0).delete()


def raise_versions(boards: Iterable[int]) -> None:
    for _sums in add_up(BoardVersion, ("board",), ("version",), {(board,): (1,) for board in boards}):
        pass
