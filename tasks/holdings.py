"""What this app holds about a volunteer (see accounts/holdings.py).

Only the purpose of a lease or an answer is left out: it would tell which lines were known beforehand, and checks that
can be recognised check nothing.
"""

from django.db.models import F

from accounts.holdings import Rows, holding
from accounts.models import Act, Volunteer

from .models import Answer, Decision, Flag, Lease, Pace, Skill


@holding(Answer)
def answers(volunteer: Volunteer) -> Rows:
    rows = Answer.objects.filter(volunteer=volunteer).order_by("pk")
    return rows.values(
        "id",
        "project__slug",
        "task",
        "version__prompt",
        "value",
        "vote",
        "counted",
        "weight",
        "elapsed_ms",
        "result",
        "key",
        "created_at",
        "withdrawn_at",
        "reopened",
    )


@holding(Lease)
def leases(volunteer: Volunteer) -> Rows:
    """Lines handed out; they are forgotten after a month."""
    rows = Lease.objects.filter(volunteer=volunteer).order_by("pk")
    return rows.values("project__slug", "task", "skipped", "created_at", "expires_at", "used_at")


@holding(Pace)
def places_in_the_work(volunteer: Volunteer) -> Rows:
    rows = Pace.objects.filter(volunteer=volunteer).order_by("pk").annotate(project=F("workflow__project__slug"))
    return rows.values("project", "workflow__slug", "cursors", "since_check", "checks_passed", "nothing_until")


@holding(Skill)
def skills(volunteer: Volunteer) -> Rows:
    rows = Skill.objects.filter(volunteer=volunteer).order_by("pk").annotate(project=F("workflow__project__slug"))
    return rows.values("project", "workflow__slug", "right", "wrong")


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
