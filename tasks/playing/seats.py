"""The seat that an answer is for: what its lease says of the question, and how it becomes a counted answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F
from django.db.models.functions import Greatest

from accounts.prepared import Given, Selection, Update, each

from ..consensus import Policy
from ..enums import Urgency
from ..leasing.leases import hash_of
from ..models import Answer, Lease, Task
from ..settling.weighing import Question, learned_of

KEY = Answer._meta.get_field("key")


@dataclass(frozen=True, slots=True)
class Seat:
    """What the lease says about the question that an answer is for."""

    lease: int
    volunteer: int
    subject: int
    purpose: int
    leased_at: datetime
    question: Question


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats by lease token; ``may_be_known``: a key was used before, or its lease is gone and could not tell."""

    of: dict[str, Seat]
    may_be_known: bool


class LeaseUsed(Exception):
    """Another request with this lease was first."""


def seats_of(volunteer: int, leases: Iterable[str], keys: Collection[UUID]) -> Seats:
    """Return what is known of each lease token, in one query; ``keys`` are those of the answers."""
    tokens = {hash_of(lease): lease for lease in leases}
    rows = asked_under.rows(hashes=list(tokens), keys=list(keys), volunteer=volunteer)
    seats = {tokens[bytes(hash_)]: seat_of(*row) for hash_, _used, *row in rows}
    return Seats(seats, may_be_known=len(seats) < len(tokens) or any(used for _hash, used, *_row in rows))


@Selection
def asked_under(hashes, keys):
    used = Answer.objects.filter(volunteer=Given("volunteer"), key__in=each("keys", keys, KEY))
    rows = Lease.objects.filter(token_hash__in=each("hashes", hashes)).annotate(key_was_used=Exists(used))
    return rows.values_list(
        "token_hash",
        "key_was_used",
        "pk",
        "volunteer_id",
        "subject",
        "purpose",
        "created_at",
        "task_id",
        "project_id",
        "task__workflow_id",
        "task__version_id",
        "task__version__kind",
        "task__version__schema",
        "task__version__policy",
        "task__maximum",
        "task__decision",
        "task__workflow__fit__prior_right",
        "task__workflow__fit__prior_wrong",
        "task__workflow__fit__slope",
        "task__workflow__fit__intercept",
        "task__payload",
        "task__parent",
    )


def seat_of(
    lease: int, volunteer: int, subject: int, purpose: int, leased_at: datetime, task: int, project: int, *question: Any
) -> Seat:
    workflow, version, kind, schema, rules, maximum, decision, *fit, payload, parent = question
    learned, policy = learned_of(*fit), Policy(**rules)
    asked = Question(
        task, project, workflow, version, kind, schema, policy, decision, maximum, learned, payload, parent
    )
    return Seat(lease, volunteer, subject, purpose, leased_at, asked)


@Update
def use_seat():
    return Lease.objects.live().filter(pk=Given("lease")), {"used_at": Given("used_at"), "seat": False}


@dataclass(frozen=True, slots=True)
class Counting:
    """A seat on its way to a counted answer. Both updates travel with what is asked after them; the second one counts
    nothing unless the first has just used the lease."""

    seat: Seat
    now: datetime
    used: Any
    counted: Any

    @property
    def at_once(self) -> bool:
        return bool(self.counted.count)

    def after_all(self) -> bool:
        """What was not counted at once came late: False when the task is settled, or all its seats are taken again."""
        lease, task = self.seat.lease, self.seat.question.task
        if self.used.count:
            Task.objects.filter(pk=task).update(leased=F("leased") - 1)
            return False
        use_expired(lease, self.now)
        return bool(take_free_seat.run(task=task))


def count(seat: Seat, now: datetime) -> Counting:
    """Turn the lease's seat into a counted answer."""
    used = use_seat.ask(lease=seat.lease, used_at=now)
    return Counting(seat, now, used, count_seat.ask(task=seat.question.task, lease=seat.lease, used_at=now))


def use_for_check(seat: Seat, now: datetime) -> None:
    """Use the lease of a check: it took no seat."""
    if not use_seat.run(lease=seat.lease, used_at=now):
        use_expired(seat.lease, now)


def use_expired(lease: int, now: datetime) -> None:
    if not Lease.objects.filter(pk=lease, used_at=None).update(used_at=now):
        raise LeaseUsed


@Update
def count_seat():
    started = Greatest(F("urgency"), Urgency.STARTED.value)
    changes = {"answered": F("answered") + 1, "leased": F("leased") - 1, "urgency": started}
    just_used = Lease.objects.filter(pk=Given("lease"), used_at=Given("used_at", Lease._meta.get_field("used_at")))
    return Task.objects.open().filter(Exists(just_used), pk=Given("task")), changes


@Update
def take_free_seat():
    started = Greatest(F("urgency"), Urgency.STARTED.value)
    return Task.objects.with_seats().filter(pk=Given("task")), {"answered": F("answered") + 1, "urgency": started}
