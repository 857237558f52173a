"""Compare the boards with the ledger and mend them, while answers and the projector go on.

What the projector has added must equal what the ledger's projected lines add up to, at any one moment. Where it does
not, the error stays the same however much is projected meanwhile; so it can be read at one moment and added the other
way round at a later one. Only volunteers with errors are kept in memory.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from itertools import batched, groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.db.models import Count

from tasks.machinery.durability import lazy_commit
from tasks.machinery.snapshot import one_moment
from tasks.models import Project

from .models import EVERYONE, BoardVersion, Ledger, Standing, Tally
from .periods import site_zone
from .projection import LINE_FIELDS, Changes, Line, Place, apply, calendars, changes_of, move_players
from .rules import NOTHING, Amounts

AT_ONCE = 20_000  # wrong standings read in one pass
PER_COMMIT = 1000  # on SQLite the answers wait for a commit

TallyKey = tuple[Any, ...]  # board, period, period_start, points


@dataclass
class Errors:
    """What has to be added to standings and tallies to make them right; ``through`` is the last volunteer compared."""

    standings: Changes = field(default_factory=dict)
    tallies: dict[TallyKey, int] = field(default_factory=dict)
    through: int | None = None


def errors() -> Iterator[Errors]:
    """Yield what is wrong, in passes that each see one moment: standings by volunteer, tallies last."""
    after = 0
    while True:
        found = wrong_standings(after)
        yield found
        if found.through is None:
            break
        after = found.through
    yield Errors(tallies=wrong_tallies())


def mend(found: Errors) -> None:
    for places in batched(sorted(found.standings), PER_COMMIT):
        with lazy_commit():
            apply({place: found.standings[place] for place in places})
    for keys in batched(sorted(found.tallies), PER_COMMIT):
        with lazy_commit():
            move_players({key: found.tallies[key] for key in keys})


def follow_time_zones() -> int:
    """Sort points into days anew where a project, or the site, took another time zone; return how many boards did."""
    noted = dict(BoardVersion.objects.values_list("board", "zone"))
    zones = {project: str(zone) for project, zone in calendars(noted).items()} | {EVERYONE: str(site_zone())}
    if any(zone and zone != zones.get(board, zone) for board, zone in noted.items()):
        for found in errors():
            mend(found)
    other = {board: zones[board] for board, zone in noted.items() if board in zones and zone != zones[board]}
    for board, zone in other.items():
        BoardVersion.objects.filter(board=board).update(zone=zone)
    return len(other)


def wrong_standings(after: int) -> Errors:
    """Compare volunteers with ids above ``after``, in order, until many errors are found or all are compared."""
    found = Errors()
    with one_moment():
        both = merge(earned(after), shown(after), key=itemgetter(0))
        for volunteer, sides in groupby(both, key=itemgetter(0)):
            found.standings |= difference([changes for _volunteer, changes in sides])
            if len(found.standings) >= AT_ONCE:
                found.through = volunteer
                break
    return found


def earned(after: int) -> Iterator[tuple[int, Changes]]:
    """Yield what each volunteer's projected ledger lines add up to."""
    zones = calendars(Project.objects.values_list("pk", flat=True))
    rows = Ledger.objects.filter(projected=True, volunteer__gt=after, volunteer__erased_at=None).order_by(
        "volunteer_id"
    )
    lines = (Line(*row) for row in rows.values_list(*LINE_FIELDS).iterator(5000))
    for volunteer, own in groupby(lines, key=attrgetter("volunteer")):
        yield volunteer, changes_of(own, zones)


def shown(after: int) -> Iterator[tuple[int, Changes]]:
    """Yield what each volunteer's standings say, as amounts to be taken away."""
    rows = Standing.objects.filter(volunteer__gt=after).order_by("volunteer_id")
    fields = ("volunteer_id", *Place._fields[1:], *Amounts._fields)
    for volunteer, own in groupby(rows.values_list(*fields).iterator(5000), key=itemgetter(0)):
        yield volunteer, {Place(*row[:4]): Amounts(*(-amount for amount in row[4:])) for row in own}


def difference(sides: list[Changes]) -> Changes:
    sums: Changes = defaultdict(lambda: NOTHING)
    for changes in sides:
        for place, amounts in changes.items():
            sums[place] = sums[place].plus(amounts)
    return {place: amounts for place, amounts in sums.items() if amounts != NOTHING}


def wrong_tallies() -> dict[TallyKey, int]:
    """Return how many players each tally lacks (or has too many) against the standings of the same moment."""
    key = ("board", "period", "period_start", "points")
    lacking: Counter[TallyKey] = Counter()
    with one_moment():
        for *place, players in Standing.objects.exclude(points=0).values_list(*key).annotate(Count("id")).iterator():
            lacking[tuple(place)] += players
        for *place, players in Tally.objects.values_list(*key, "players").iterator():
            lacking[tuple(place)] -= players
    return {place: players for place, players in lacking.items() if players}
