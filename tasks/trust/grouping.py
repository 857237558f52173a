"""Independence groups: who answered from one network on one day counts for less than as many strangers.

A group is the beginning of an HMAC of the network, the project and the day's salt. It stands with an answer until its
task has settled and the minute of undoing is over, two days at the longest; the salt is deleted after two days. From
then on nothing leads from an answer to a network, and no group to another project's.
"""

import hmac
import secrets
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from ..models import Answer, Decision, GroupSalt, Task, Watermark

KEPT = timedelta(days=2)
BYTES = 8
SALT_BYTES = 32
AT_ONCE = 1000  # decisions
OLD_AT_ONCE, OLD_TURNS = 10_000, 20  # answers
SETTLED, OLD = "groups of settled tasks", "groups of old answers"

_salts: dict[date, bytes] = {}  # of the day on which this process last needed one


def group_of(network: bytes | None, project: int, now: datetime) -> bytes | None:
    """Return the group of an answer that came from ``network``; None where each visitor is a group of their own."""
    if network is None:
        return None
    of_project = project.to_bytes(8, "big") + network
    return hmac.digest(salt_of(now.astimezone(UTC).date()), of_project, "sha256")[:BYTES]


def salt_of(day: date) -> bytes:
    """Return the salt of a day, made when it is first needed. Call it outside of a transaction that may fail."""
    if (salt := _salts.get(day)) is None:
        fresh = GroupSalt(day=day, salt=secrets.token_bytes(SALT_BYTES))
        GroupSalt.objects.bulk_create([fresh], ignore_conflicts=True)  # the first of several processes wins
        salt = bytes(GroupSalt.objects.values_list("salt", flat=True).get(day=day))
        _salts.clear()
        _salts[day] = salt
    return salt


def forget_salts(now: datetime) -> int:
    """Delete all salts but those of today and yesterday."""
    return GroupSalt.objects.filter(day__lte=now.astimezone(UTC).date() - KEPT).delete()[0]


@transaction.atomic
def forget_settled(now: datetime) -> int:
    """Delete the groups of tasks that have settled. They are found by their newest decisions; one that was opened again
    keeps its groups until it settles."""
    mark = marked(SETTLED)
    due = Decision.objects.filter(pk__gt=mark.position, created_at__lt=now - settings.UNDO_WINDOW).order_by("pk")
    decisions = list(due.values_list("pk", "task")[:AT_ONCE])
    if not decisions:
        return 0
    Watermark.objects.filter(name=SETTLED).update(position=decisions[-1][0])
    settled = Task.objects.settled().filter(pk__in={task for _pk, task in decisions})
    return forget(Answer.objects.filter(task__in=list(settled.values_list("pk", flat=True))))


def forget_old(now: datetime) -> int:
    """Whatever has become of its task, an answer keeps its group for two days at most. Return how many lost theirs."""
    return sum(some for _turn, some in zip(range(OLD_TURNS), iter(partial(forget_some_old, now), None), strict=False))


@transaction.atomic
def forget_some_old(now: datetime) -> int | None:
    """None: all answers that old have been looked at."""
    mark = marked(OLD)
    newer = Answer.objects.filter(pk__gt=mark.position).order_by("pk").values_list("pk", "created_at")[:OLD_AT_ONCE]
    old = [pk for pk, created_at in newer if created_at < now - KEPT]
    if not old:
        return None
    Watermark.objects.filter(name=OLD).update(position=old[-1])
    return forget(Answer.objects.filter(pk__gt=mark.position, pk__lte=old[-1]))


def marked(name: str) -> Watermark:
    mark, _made = Watermark.objects.select_for_update().get_or_create(name=name)
    return mark


def forget(answers: QuerySet[Answer]) -> int:
    return answers.exclude(grp=None).update(grp=None)
