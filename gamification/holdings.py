"""What this app holds about a volunteer (see accounts/holdings.py)."""

from accounts.holdings import Rows, holding
from accounts.models import Volunteer

from .models import Ledger, Standing


@holding(Ledger)
def points(volunteer: Volunteer) -> Rows:
    rows = Ledger.objects.filter(volunteer=volunteer).order_by("pk")
    return rows.values("project__slug", "answer", "rule", "points", "earned_at", "created_at")


@holding(Standing)
def standings(volunteer: Volunteer) -> Rows:
    rows = Standing.objects.filter(volunteer=volunteer).order_by("pk")
    return rows.values("board", "period", "period_start", "points", "right", "settled")
