"""What this app holds about a volunteer (see accounts/holdings.py).

Left out are the purpose of a lease or an answer, which would tell which lines were known beforehand, and what trust is
reckoned from these counts: checks that can be recognised check nothing, and who knows to be muted begins anew. So are
the places where somebody goes on reading, and how many lines they were handed since the last known one: a line that
moves neither, or begins the count again, is known, and who asks before answering would be told so.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import F

from accounts.holdings import Rows, holding, one_by_one
from accounts.models import Act, Volunteer

from .models import Answer, Decision, Flag, Lease, Pace, Skill


@holding(Answer)
def answers(volunteer: Volunteer) -> Iterator[dict[str, Any]]:
    """``grp`` is the independence group of an answer whose task is open (see ``grouping``)."""
    rows = Answer.objects.filter(volunteer=volunteer).order_by("pk")
    kept = rows.values(
        "id",
        "project__slug",
        "task",
        "version__prompt",
        "value",
        "vote",
        "counted",
        "weight",
        "elapsed_ms",
        "grp",
        "result",
        "key",
        "created_at",
        "withdrawn_at",
        "reopened",
    )
    for row in one_by_one(kept):
        yield row | {"grp": spelled(row["grp"])}


def spelled(group: bytes | None) -> str | None:
    return bytes(group).hex() if group else None


@holding(Lease)
def leases(volunteer: Volunteer) -> Rows:
    """Lines handed out; they are forgotten after a month."""
    rows = Lease.objects.filter(volunteer=volunteer).order_by("pk")
    return rows.values("project__slug", "task", "skipped", "created_at", "expires_at", "used_at")


@holding(Pace)
def places_in_the_work(volunteer: Volunteer) -> Rows:
    rows = Pace.objects.filter(volunteer=volunteer).order_by("pk").annotate(project=F("workflow__project__slug"))
    return rows.values("project", "workflow__slug", "checks_passed", "nothing_until")


@holding(Skill)
def skills(volunteer: Volunteer) -> Iterator[dict[str, Any]]:
    """``ring`` is the same for people of whose answers too many are wrong alike (see ``colluding``)."""
    rows = Skill.objects.filter(volunteer=volunteer).order_by("pk").annotate(project=F("workflow__project__slug"))
    for row in one_by_one(
        rows.values("project", "workflow__slug", "right", "wrong", "checks_right", "checks_wrong", "ring")
    ):
        yield row | {"ring": spelled(row["ring"])}


@holding(Flag)
def reports(volunteer: Volunteer) -> Rows:
    rows = Flag.objects.filter(volunteer=volunteer).order_by("pk")
    return rows.values("project__slug", "task", "reason", "created_at")


@holding(Decision)
def decisions_as_reviewer(volunteer: Volunteer) -> Rows:
    """Decisions have no index by reviewer: whoever left no trace in an audit trail has made none."""
    if not Act.objects.filter(volunteer=volunteer).exists():
        return iter(())
    rows = Decision.objects.filter(reviewer=volunteer).order_by("pk")
    return rows.values("project__slug", "task", "state", "value", "reason", "created_at")
