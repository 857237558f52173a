"""Seats held: tokens, giving back, expiry."""

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import F

from accounts.prepared import Given, Insertion, Selection

from ..enums import Purpose
from ..machinery.durability import lazy_commit
from ..models import Lease, Task
from ..models.answers import LeaseQuerySet

TOKEN_BYTES = 18
EXPIRED_AT_ONCE = 500


class NewLease(NamedTuple):
    """The columns of a lease that its database has no default for."""

    project_id: int
    task_id: int
    subject: int
    volunteer_id: int
    token_hash: bytes
    purpose: int
    created_at: datetime
    expires_at: datetime


NEW_LEASES = Insertion(Lease, *NewLease._fields)


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def make_leases(
    project: int,
    volunteer: int,
    tasks: Sequence[tuple[int, int]],
    now: datetime,
    until: datetime,
    *,
    purpose: Purpose = Purpose.WORK,
) -> list[tuple[str, NewLease]]:
    """Return unsaved leases with their tokens for ``(task, subject)`` pairs whose seats have been taken. A check takes
    no seat of its task; its lease is held like any other."""
    made = []
    for task, subject in tasks:
        token = new_token()
        made.append((token, NewLease(project, task, subject, volunteer, hash_of(token), purpose.value, now, until)))
    return made


def give_back(volunteer: int, tokens: Iterable[str]) -> int:
    """Give the seats of the volunteer's own leases back and return how many; the tasks are not offered again."""
    hashes = [hash_of(token) for token in tokens]
    with lazy_commit():
        return free_seats(Lease.objects.live().filter(volunteer=volunteer, token_hash__in=hashes), skipped=True)


def free_seats(leases: LeaseQuerySet, *, skipped: bool = False) -> int:
    """Free the seats of live leases inside the caller's transaction; return how many were still held."""
    if connection.features.has_select_for_update_skip_locked:
        leases = leases.select_for_update(skip_locked=True)
    held = list(leases.values_list("pk", "task", "purpose"))
    if not Lease.objects.filter(pk__in=[pk for pk, _task, _purpose in held]).update(seat=False, skipped=skipped):
        return 0
    freed: Counter[int] = Counter()
    for _pk, task, purpose in held:
        freed[task] += purpose == Purpose.WORK  # a check frees no seat, in as many statements
    for seats in sorted(set(freed.values())):
        tasks = [task for task, count in freed.items() if count == seats]
        Task.objects.filter(pk__in=tasks).update(leased=F("leased") - seats)
    return len(held)


def free_some_expired(now: datetime) -> int:
    """Take back up to ``EXPIRED_AT_ONCE`` seats of leases past their time; return how many."""
    some = [lease for [lease] in first_to_expire.rows(now=now)]
    if not some:
        return 0  # whoever finds no work asks, many at once where it has run out: none takes the lock for nothing
    with lazy_commit():
        return free_seats(Lease.objects.live().filter(pk__in=some))


@Selection
def first_to_expire():
    expired = Lease.objects.expired(Given("now", Lease._meta.get_field("expires_at")))
    return expired.order_by("expires_at").values_list("pk")[:EXPIRED_AT_ONCE]


def free_expired_seats(now: datetime) -> int:
    """Take back the seats of all leases past their time, some hundreds in a transaction; return how many."""
    freed = 0
    while some := free_some_expired(now):
        freed += some
    return freed
