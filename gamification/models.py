"""The ledger of points, and what the projector makes of it: standings, tallies, versions.

A board is a number: 0 for everyone, else the id of a project, so that a project may change its slug. The projected
tables can be dropped and rebuilt from the ledger at any time.
"""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Volunteer
from tasks.models import Project

from .enums import Period

EVERYONE = 0  # the board that no project owns


class LedgerQuerySet(models.QuerySet["Ledger"]):
    def unprojected(self) -> "LedgerQuerySet":
        return self.filter(projected=False)


class Ledger(models.Model):
    """One line for each thing that earned points or cost them. Append-only, but for the mark ``projected``.

    The projector takes lines that carry no mark instead of lines after the last id it has seen: on PostgreSQL a
    transaction that commits later may hold lower ids, and those would be missed for ever.
    """

    # No constraint: each line would lock the one row of its project, which everybody's lines share.
    project = models.ForeignKey(Project, models.CASCADE, db_index=False, db_constraint=False)
    volunteer = models.ForeignKey(Volunteer, models.PROTECT)
    answer = models.BigIntegerField()  # id of the answer; no foreign key, like everywhere
    rule = models.CharField(max_length=60)  # see rules.py
    points = models.IntegerField()
    # When it was earned: chooses the day and week. A reversal takes from the day to which its original gave.
    earned_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    projected = models.BooleanField(default=False, db_default=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ledger"
        constraints = [models.UniqueConstraint(fields=["project", "answer", "rule"], name="ledger_once")]
        indexes = [models.Index(fields=["id"], name="ledger_unprojected", condition=Q(projected=False))]


class StandingQuerySet(models.QuerySet["Standing"]):
    def on_board(self, board: int, period: str, period_start: date) -> "StandingQuerySet":
        return self.filter(board=board, period=period, period_start=period_start)

    def with_points(self) -> "StandingQuerySet":
        return self.filter(points__gt=0)

    def ranked(self) -> "StandingQuerySet":
        return self.order_by("-points", "volunteer_id")

    def with_names(self) -> "StandingQuerySet":
        return self.select_related("volunteer").only(
            "points", "right", "settled", "volunteer__display_name", "volunteer__seed", "volunteer__simulated"
        )


class Standing(models.Model):
    """How a volunteer stands on a board in a period. Whoever has no points is on no board."""

    board = models.BigIntegerField()
    period = models.CharField(max_length=5, choices=Period)
    period_start = models.DateField()
    volunteer = models.ForeignKey(Volunteer, models.CASCADE, db_index=False)
    points = models.IntegerField()
    right = models.IntegerField()
    settled = models.IntegerField()

    objects = StandingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["volunteer", "board", "period", "period_start"], name="standing_once")
        ]
        indexes = [
            models.Index(fields=["board", "period", "period_start", "-points", "volunteer"], name="standing_ranked")
        ]


class Tally(models.Model):
    """How many volunteers have exactly so many points (never 0): ranks are sums over it, never counts of people."""

    board = models.BigIntegerField()
    period = models.CharField(max_length=5, choices=Period)
    period_start = models.DateField()
    points = models.IntegerField()
    players = models.IntegerField()

    class Meta:
        verbose_name_plural = "tallies"
        constraints = [models.UniqueConstraint(fields=["board", "period", "period_start", "points"], name="tally_once")]
        indexes = [models.Index(fields=["id"], name="tally_empty", condition=Q(players=0))]


class BoardVersion(models.Model):
    """Grows by one with each batch of ledger lines that touched the board."""

    board = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField()
    zone = models.CharField(max_length=40, null=True)  # whose days the standings are sorted by; None: not noted yet
