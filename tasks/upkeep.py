"""The sweeper's chores for the loop."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Volunteer

from .chores import chore
from .curating.spreading import questions_to_spread
from .gold.promoting import promote_sure_lines
from .jobs import fit_workflow, seek_rings, spread_question
from .leasing.advancing import move_fronts
from .leasing.leases import free_expired_seats
from .machinery.queueing import hint
from .models import Answer, Decision, Lease, Project, Task
from .refitting.waiting import workflows_to_fit
from .settling.lapsing import end_forgotten_choices
from .showing.projects import count_progress
from .trust.colluding import looked_at, workflows_to_look_at
from .trust.grouping import forget_old, forget_salts, forget_settled

LEASES_KEPT = timedelta(days=30)
DELETED_AT_ONCE = 500
type Growing = type[Task | Answer | Decision]
seen: dict[Growing, int] = {}  # the newest rows counted; forgotten with the sweeper's process


@chore(every=timedelta(seconds=10))
def free_expired() -> int:
    return free_expired_seats(timezone.now())


@chore(every=timedelta(seconds=5))
def count_changed_projects() -> int:
    """Count the projects anew that got tasks, answers or decisions since the last time; all of them when the sweeper
    starts."""
    newest = {model: newest_of(model) for model in (Task, Answer, Decision)}
    changed = {project for model, pk in seen.items() for project in projects_after(model, pk)}
    projects = Project.objects.filter(pk__in=changed) if seen else Project.objects.all()
    counted = [count_progress(project) for project in projects.values_list("pk", flat=True)]
    seen.update(newest)
    return len(counted)


@chore(every=timedelta(minutes=10))
def count_all_projects() -> int:
    """What the quick count cannot see: answers taken back, tasks withdrawn."""
    return len([count_progress(project) for project in Project.objects.values_list("pk", flat=True)])


@chore(every=timedelta(minutes=10))
def delete_unused_volunteers() -> int:
    """A visitor who pressed Play and never answered leaves nothing behind after a day."""
    now = timezone.now()
    free_expired_seats(now)  # a lease that goes with its holder must not keep its seat
    unused = Volunteer.objects.unused(now).values_list("pk", flat=True)[:DELETED_AT_ONCE]
    return Volunteer.objects.filter(pk__in=list(unused)).delete()[0]


@chore(every=timedelta(seconds=10))
def advance() -> int:
    return move_fronts(timezone.now())


@chore(every=timedelta(hours=1))
def end_choices() -> int:
    return end_forgotten_choices(timezone.now())


@chore(every=timedelta(seconds=20))
def fit_workflows() -> int:
    """A workflow is fitted anew when enough has come since."""
    return sum(hint(fit_workflow, pk) for pk in workflows_to_fit(timezone.now()))


@chore(every=timedelta(seconds=30))
def forget_groups_of_settled() -> int:
    return forget_settled(timezone.now())


@chore(every=timedelta(minutes=10))
def forget_old_groups() -> int:
    now = timezone.now()
    return forget_salts(now) + forget_old(now)


@chore(every=timedelta(minutes=10))
def promote_lines() -> int:
    return promote_sure_lines(timezone.now())


@chore(every=timedelta(minutes=10))
def seek_colluders() -> int:
    """Workflows of projects with new decisions; should the queue be down, all of them the next time."""
    workflows, newest = workflows_to_look_at(timezone.now())
    hinted = [hint(seek_rings, pk) for pk in workflows]
    if all(hinted):
        looked_at(newest)
    return sum(hinted)


@chore(every=timedelta(hours=6))
def forget_old_leases() -> int:
    old = Lease.objects.filter(seat=False, expires_at__lt=timezone.now() - LEASES_KEPT)
    return old.delete()[0]


@chore(every=timedelta(seconds=20))
def spread_questions() -> int:
    """A question whose hint was lost, or that waited for a batch, reaches its pages all the same."""
    return sum(hint(spread_question, pk) for pk in questions_to_spread().values_list("pk", flat=True))


def newest_of(model: Growing) -> int:
    return model.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def projects_after(model: Growing, pk: int) -> list[int]:
    return list(model.objects.filter(pk__gt=pk).values_list("project", flat=True).distinct())
