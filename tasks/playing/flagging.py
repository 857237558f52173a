"""Volunteers report what an archivist should look at."""

from django.http import Http404
from django.utils.translation import gettext as _

from ..errors import EnoughReports
from ..leasing.leases import hash_of
from ..models import Flag, Lease

MOST = 5  # reports of one task by one person; two at the same instant may exceed it


def flag(volunteer: int, token: str, reason: str) -> Flag:
    """Keep a report about the task of one's own lease, used or not; the same words twice are one report.

    Raises ``Http404`` for any other token, and ``EnoughReports``.
    """
    lease = Lease.objects.select_related("task").filter(token_hash=hash_of(token), volunteer=volunteer).first()
    if lease is None:
        raise Http404(_("You hold no such task."))
    mine = Flag.objects.filter(volunteer=volunteer, task=lease.task_id)
    if same := mine.filter(reason=reason).first():
        return same
    if mine.count() >= MOST:
        raise EnoughReports(_("You have reported this several times. Thank you: an archivist will look at it."))
    return Flag.objects.create(
        project_id=lease.project_id,
        page_id=lease.task.page_id,
        task_id=lease.task_id,
        volunteer_id=volunteer,
        reason=reason,
    )
