"""Lines of the ledger without the answers behind them, and answers as the signals tell of them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import count

from accounts.models import Volunteer
from gamification.models import Ledger, Standing, Tally
from gamification.projection import Place, project_lines
from tasks.enums import TaskState
from tasks.models import Project
from tasks.signals import CountedAnswer, Settlement

WEDNESDAY = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
numbers = count(1)


def make_volunteers(number: int) -> list[Volunteer]:
    return Volunteer.objects.bulk_create(Volunteer(password="!") for _ in range(number))


def earn(
    project: Project, volunteer: Volunteer, points: int = 1, at: datetime = WEDNESDAY, rule: str = "took_part"
) -> None:
    Ledger.objects.create(
        project=project, volunteer=volunteer, answer=next(numbers), rule=rule, points=points, earned_at=at
    )


def project_all() -> int:
    return sum(iter(project_lines, 0))


def counted(project: Project, volunteer: Volunteer, number: int, at: datetime = WEDNESDAY) -> CountedAnswer:
    return CountedAnswer(id=number, project=project.pk, task=1, volunteer=volunteer.pk, created_at=at)


def settlement(
    project: Project, decision: int, agreeing: Iterable[CountedAnswer], differing: Iterable[CountedAnswer] = ()
) -> Settlement:
    agreeing, differing = (tuple((a.id, a.volunteer) for a in side) for side in (agreeing, differing))
    return Settlement(
        task=1, project=project.pk, decision=decision, state=TaskState.AGREED, agreeing=agreeing, differing=differing
    )


def ledger() -> list[tuple[int, str, int]]:
    return list(Ledger.objects.order_by("id").values_list("answer", "rule", "points"))


def standings() -> dict[Place, tuple[int, int, int]]:
    rows = Standing.objects.values_list(*Place._fields, "points", "right", "settled")
    return {Place(*row[:4]): row[4:] for row in rows}


def tallies() -> list[tuple[object, ...]]:
    return sorted(Tally.objects.values_list("board", "period", "period_start", "points", "players"))
