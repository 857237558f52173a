"""Signs of life that processes leave in the database, where others look for them."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from tasks.models import Watermark

SWEEPER = "seen:sweeper"
PROBE = "written:readyz"


def leave_sign(name: str) -> None:
    now = int(timezone.now().timestamp())
    Watermark.objects.bulk_create(
        [Watermark(name=name, position=now)],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["position"],
    )


def age_of_sign(name: str) -> timedelta | None:
    """Return how long ago the sign was left; None when it never was."""
    position = Watermark.objects.filter(name=name).values_list("position", flat=True).first()
    return None if position is None else timezone.now() - datetime.fromtimestamp(position, UTC)
