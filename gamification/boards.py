"""What a board shows: the best of a period, and where one volunteer stands among any number of others."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.core.validators import slug_re
from django.db import models
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Volunteer
from tasks.enums import ProjectState
from tasks.models import Project

from .enums import Period
from .errors import UnknownBoard
from .models import EVERYONE, BoardVersion, Standing, StandingQuerySet, Tally
from .periods import site_zone, start_of, zone_of

ALL, PROJECT = "all", "project-"
NEIGHBOURS = 2  # shown above and below the viewer


@dataclass(frozen=True, slots=True)
class Board:
    """``slug`` is the name in URLs and messages: ``all`` or ``project-<slug>``."""

    id: int
    slug: str
    zone: tzinfo
    state: str = ProjectState.OPEN  # of its project; a closed one keeps its board


@dataclass(frozen=True, slots=True)
class Entry:
    """``accuracy`` is right / settled, in [0, 1]; None before any answer has settled. Ties share the better rank."""

    rank: int
    name: str
    points: int
    accuracy: float | None
    volunteer: int


@dataclass(frozen=True, slots=True)
class Moment:
    """A board in one of its periods, at a version: as long as these are equal, so is what it shows."""

    board: Board
    period: Period
    period_start: date
    version: int

    @property
    def standings(self) -> StandingQuerySet:
        return Standing.objects.on_board(self.board.id, self.period, self.period_start)

    @property
    def tallies(self) -> models.QuerySet[Tally]:
        return Tally.objects.filter(board=self.board.id, period=self.period, period_start=self.period_start)

    def rank_of(self, points: int) -> int:
        better = self.tallies.filter(points__gt=points).aggregate(players=Sum("players"))
        return 1 + (better["players"] or 0)


@dataclass(frozen=True, slots=True)
class Around:
    """The viewer's entry between the next better and the next lesser ones, best first."""

    entries: list[Entry]
    better: Entry | None  # the nearest reader with more points


def board_named(slug: str) -> Board:
    """Return the board; raises ``UnknownBoard`` also for a draft project, which nobody may know of."""
    if slug == ALL:
        return Board(EVERYONE, slug, site_zone())
    if names_a_project(slug):
        rows = Project.objects.public().filter(slug=slug.removeprefix(PROJECT))
        if found := rows.values_list("pk", "time_zone", "state").first():
            return Board(found[0], slug, zone_of(found[1]), found[2])
    raise UnknownBoard(_("There is no such board. Choose one on the leaderboard page."))


def names_a_project(slug: str) -> bool:
    """A stranger may write anything; PostgreSQL would not take a NUL, and with it no other name of the same query."""
    return slug.startswith(PROJECT) and bool(slug_re.fullmatch(slug))


def versions_of(slugs: Collection[str]) -> dict[str, int]:
    """Return the versions of those boards that there are, 0 for one that never changed."""
    wanted = {slug.removeprefix(PROJECT) for slug in slugs if names_a_project(slug)}
    projects = Project.objects.public().filter(slug__in=wanted).values_list("pk", "slug")
    boards = {pk: PROJECT + slug for pk, slug in projects} | ({EVERYONE: ALL} if ALL in slugs else {})
    versions = dict(BoardVersion.objects.filter(board__in=boards).values_list("board", "version"))
    return {slug: versions.get(board, 0) for board, slug in boards.items()}


def look_at(board: Board, period: Period, now: datetime | None = None) -> Moment:
    """Read the version before the entries: what came in between is then shown early and fetched once more."""
    start = start_of(period, now or timezone.now(), board.zone)
    version = BoardVersion.objects.filter(board=board.id).values_list("version", flat=True).first()
    return Moment(board, period, start, version or 0)


def best(moment: Moment, limit: int) -> list[Entry]:
    rows = moment.standings.with_points().ranked().with_names()[:limit]
    entries: list[Entry] = []
    for place, row in enumerate(rows, start=1):
        tied = entries and entries[-1].points == row.points
        entries.append(entry_of(row, entries[-1].rank if tied else place))
    return entries


def entry_of(row: Standing, rank: int) -> Entry:
    accuracy = row.right / row.settled if row.settled else None
    return Entry(rank, name_of(row.volunteer), row.points, accuracy, row.volunteer_id)


def name_of(volunteer: Volunteer) -> str:
    return _("{name} (simulated)").format(name=volunteer) if volunteer.simulated else str(volunteer)


def entry_of_volunteer(moment: Moment, volunteer: int) -> Entry | None:
    """Return where a volunteer stands; None without points in this period."""
    row = moment.standings.with_points().with_names().filter(volunteer=volunteer).first()
    return entry_of(row, moment.rank_of(row.points)) if row else None


def around(moment: Moment, me: Entry) -> Around:
    """Read the viewer's neighbours by keyset: four short walks along the ranking, however many are tied."""
    standings = moment.standings.with_names()
    tied, better, lesser = (standings.filter(**{f"points{op}": me.points}) for op in ("", "__gt", "__lt"))
    above = list(tied.filter(volunteer__lt=me.volunteer).order_by("-volunteer_id")[:NEIGHBOURS])
    ahead = list(better.order_by("points", "-volunteer_id")[:NEIGHBOURS])
    below = list(tied.filter(volunteer__gt=me.volunteer).order_by("volunteer_id")[:NEIGHBOURS])
    behind = list(lesser.with_points().ranked()[:NEIGHBOURS])
    ranks = ranks_near(moment, me, {row.points for row in ahead}, {row.points for row in behind})
    before = [entry_of(row, ranks[row.points]) for row in [*above, *ahead][:NEIGHBOURS][::-1]]
    after = [entry_of(row, ranks[row.points]) for row in [*below, *behind][:NEIGHBOURS]]
    return Around([*before, me, *after], entry_of(ahead[0], ranks[ahead[0].points]) if ahead else None)


def ranks_near(moment: Moment, me: Entry, better: set[int], lesser: set[int]) -> dict[int, int]:
    """Return the ranks of the next better and next lesser scores, counted from the viewer's own in one query."""
    near = moment.tallies.filter(points__in=[me.points, *better, *lesser])
    players: dict[int, int] = dict(near.values_list("points", "players"))
    ranks = {me.points: me.rank}
    rank = me.rank
    for points in sorted(better):
        ranks[points] = rank = rank - players.get(points, 1)
    rank, last = me.rank, me.points
    for points in sorted(lesser, reverse=True):
        ranks[points] = rank = rank + players.get(last, 1)
        last = points
    return ranks
