"""Volunteers report what an archivist should look at."""

from django.http import Http404
from django.utils.translation import gettext as _

from .leases import hash_of
from .models import Flag, Lease


def flag(volunteer: int, token: str, reason: str) -> Flag:
    """Keep a report about the task of one's own lease, used or not. Raises ``Http404`` for any other token."""
    lease = Lease.objects.select_related("task").filter(token_hash=hash_of(token), volunteer=volunteer).first()
    if lease is None:
        raise Http404(_("You hold no such task."))
    return Flag.objects.create(
        project_id=lease.project_id,
        page_id=lease.task.page_id,
        task_id=lease.task_id,
        volunteer_id=volunteer,
        reason=reason,
    )
