"""What one volunteer has earned: in all, in each project, and for each of a few answers."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Sum

from .enums import Period
from .models import EVERYONE, Ledger, Standing


@dataclass(frozen=True, slots=True)
class Earned:
    """``right`` of the ``settled`` answers say what was decided."""

    points: int = 0
    right: int = 0
    settled: int = 0

    @property
    def accuracy(self) -> float | None:
        return self.right / self.settled if self.settled else None


def earned_by_project(volunteer: int) -> dict[int, Earned]:
    """Return what the projector has added up so far for each project; ``EVERYONE`` is the sum of all."""
    rows = Standing.objects.filter(volunteer=volunteer, period=Period.ALL)
    sums = rows.values_list("board", "points", "right", "settled")
    return {EVERYONE: Earned()} | {board: Earned(*amounts) for board, *amounts in sums}


def points_of(projects: Collection[int], answers: Collection[int]) -> dict[int, int]:
    """Return the points of each of the answers that has any line in the ledger."""
    lines = Ledger.objects.filter(project__in=set(projects), answer__in=answers)
    return dict(lines.order_by().values_list("answer").annotate(Sum("points")))
