"""What this app holds about a volunteer (see accounts/holdings.py)."""

from accounts.holdings import Rows, holding
from accounts.models import Volunteer

from .models import ReleaseOrder


@holding(ReleaseOrder)
def releases_ordered(volunteer: Volunteer) -> Rows:
    rows = ReleaseOrder.objects.filter(volunteer=volunteer).order_by("pk")
    return rows.values("project__slug", "state", "notes", "ordered_at", "finished_at")
