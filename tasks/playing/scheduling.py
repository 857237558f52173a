"""Tasks are leased: which project and question, how many seats a volunteer may hold, where they stood last time."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Volunteer
from accounts.prepared import Given, Insertion, Selection, Update

from ..enums import ProjectState, Purpose, Urgency
from ..errors import ProjectNotOpen, UnknownProject, UnknownWorkflow
from ..gold.checking import draw_checks
from ..gold.probation import Probation
from ..leasing.leases import NEW_LEASES, NewLease, free_seats, hash_of, make_leases
from ..leasing.walking import EVERYWHERE, Walker, dump_cursors, load_cursors, search, walk
from ..machinery.durability import lazy_commit
from ..models import Gold, Lease, Pace, Project, Task, Workflow
from ..showing.questions import ask_questions, questions_of
from ..trust.skills import introduce

NEW_PACE = Insertion(Pace, "volunteer_id", "workflow_id", "cursors", "nothing_until", "since_check", once=True)
NOBODY = (None,) * 7  # erased meanwhile
NOTHING_FOR = timedelta(minutes=1)  # how long an empty search is believed


@dataclass(frozen=True, slots=True)
class Granted:
    """A lease as its holder gets it; ``task`` is the task object of the API."""

    token: str
    expires_at: datetime
    task: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """New leases by their tokens. Their questions are asked in the same transaction and read after its end: they travel
    with it."""

    leases: list[tuple[str, NewLease]]
    questions: Callable[[], dict[int, dict[str, Any]]]

    def granted(self) -> list[Granted]:
        tasks = self.questions()
        return [Granted(token, lease.expires_at, tasks[lease.task_id]) for token, lease in self.leases]


NOTHING = Made([], dict)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many seats a volunteer may hold in all, and until when."""

    most: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A volunteer in a workflow; ``live``: lease and subject of the seats they hold, in whatever project, oldest first.

    ``cursors`` is None on the first visit. Until ``nothing_until`` a search that found nothing is believed.
    """

    cursors: dict[str, list[int]] | None
    nothing_until: datetime | None
    live: list[tuple[int, int]]
    probation: Probation


class Asked(NamedTuple):
    """A question of a project with its front, as two shuffle numbers; None: none, jumps land anywhere."""

    project: int
    workflow: int
    front_from: int | None
    frontier: int | None
    source: int | None  # the question whose readings are chosen from

    @property
    def front(self) -> range:
        if self.front_from is None or self.frontier is None:
            return EVERYWHERE
        return range(self.front_from, self.frontier + 1)


@dataclass(frozen=True, slots=True)
class Grant:
    """``exhausted``: nothing is left for this volunteer here, now."""

    leases: list[Granted]
    exhausted: bool


def lease_tasks(
    volunteer: int,
    project: str,
    count: int,
    *,
    workflow: int | None = None,
    newcomer: bool,
    holding: int | None = None,
    now: datetime | None = None,
) -> Grant:
    """Lease up to ``count`` tasks of an open project (by slug); ``newcomer``: no answer of theirs was counted yet.

    ``holding`` limits the leases held in all, below what is usual: the oldest are given back.

    Raises ``UnknownProject``, ``ProjectNotOpen`` and ``UnknownWorkflow``.
    """
    now = now or timezone.now()
    allowed = allowance(newcomer=newcomer, holding=holding, now=now)
    count = min(count, allowed.most)
    granted: list[Granted] = []
    questions = workflows_of(project, workflow)
    if newcomer:  # whoever has read nothing yet begins with lines, not as a judge of others
        questions = sorted(questions, key=lambda asked: asked.source is not None)
    for asked in questions:
        granted += lease_from(asked, volunteer, count - len(granted), allowed, now)
        if len(granted) >= count:
            break
    return Grant(granted, exhausted=not granted)


def allowance(*, newcomer: bool, holding: int | None, now: datetime) -> Allowance:
    """Whoever has not answered yet holds few seats, and not for long: a silent crowd must lock nobody out."""
    most = settings.LEASES_OF_A_NEWCOMER if newcomer else settings.LEASES_OF_A_VOLUNTEER
    time = settings.LEASE_TIME_OF_A_NEWCOMER if newcomer else settings.LEASE_TIME
    return Allowance(min(most, holding or most), now + time)


def held_lease(volunteer: int, token: str) -> Grant | None:
    """Return the volunteer's own live lease under its token once more."""
    lease = Lease.objects.live().filter(volunteer=volunteer, token_hash=hash_of(token)).first()
    if lease is None:
        return None
    return Grant([Granted(token, lease.expires_at, questions_of([lease.task_id])[lease.task_id])], exhausted=False)


def workflows_of(project: str, workflow: int | None) -> list[Asked]:
    found = [Asked(*row) for row in playable.rows(slug=project)]
    if not found:
        if not Project.objects.public().filter(slug=project).exists():
            raise UnknownProject(_("There is no project of this name."))
        raise ProjectNotOpen(_("This project takes no answers now. Choose another one."))
    if workflow is None:
        return found
    chosen = [asked for asked in found if asked.workflow == workflow]
    if not chosen:
        raise UnknownWorkflow(_("This project has no such question. Leave “workflow” out to get any."))
    return chosen


@Selection
def playable():
    """The questions of a project; before them the choices between readings, where there are any: they are the cheapest
    and set others free."""
    rows = Workflow.objects.filter(project__slug=Given("slug"), project__state=ProjectState.OPEN, open=True)
    any_urgency = {"urgency__gte": Urgency.FRESH.value}  # without it SQLite may look through all tasks, index or not
    waits = Exists(Task.objects.with_seats().filter(workflow=OuterRef("pk"), **any_urgency))
    rows = rows.filter(Q(source_workflow=None) | (Q(source_workflow__open=True) & waits))
    rows = rows.order_by(F("source_workflow").asc(nulls_last=True), "id")
    return rows.values_list("project_id", "id", "front_from", "frontier", "source_workflow")


def lease_from(asked: Asked, volunteer: int, count: int, allowed: Allowance, now: datetime) -> list[Granted]:
    with lazy_commit():
        standing = standing_of(volunteer, asked.workflow)
        if standing.nothing_until and standing.nothing_until > now:
            return []
        cursors = load_cursors(standing.cursors or {}, asked.front)
        walker = Walker(volunteer, asked.project, asked.workflow, cursors)
        made = walk_and_lease(walker, count, standing, allowed, now)
        if made.leases:
            remember(walker, None, standing, made)
    if made.leases:
        return made.granted()
    found = search(walker, now)  # outside: among 50,000 answers of one's own it takes a tenth of a second
    with lazy_commit():
        standing = standing_of(volunteer, asked.workflow)
        made = walk_and_lease(walker, count, standing, allowed, now) if found else NOTHING
        remember(walker, None if found else now + NOTHING_FOR, standing, made)
    return made.granted()


def walk_and_lease(walker: Walker, count: int, standing: Standing, allowed: Allowance, now: datetime) -> Made:
    held = keep_within_limit(standing.live, allowed.most - count)
    checks = draw_checks(walker, standing.probation.due(count), held)
    chosen = walk(walker, count - len(checks), held) if len(checks) < count else []
    if len(checks) < count and not chosen:
        return NOTHING  # whoever finds no work is not asked what is known either
    tasks = {Purpose.WORK: [(task.id, task.subject) for task in chosen], Purpose.CHECK: checks}
    made = [
        lease
        for purpose, some in tasks.items()
        for lease in make_leases(walker.project, walker.volunteer, some, now, allowed.until, purpose=purpose)
    ]
    if checks:
        random.shuffle(made)
    NEW_LEASES.many(lease for _token, lease in made)
    return Made(made, ask_questions(lease.task_id for _token, lease in made))


def standing_of(volunteer: int, workflow: int) -> Standing:
    rows = pace_and_leases.rows(volunteer=volunteer, workflow=workflow)
    [(cursors, nothing_until, since, passed, right, wrong, known), *_same] = [row[:7] for row in rows] or [NOBODY]
    live = [(lease, subject) for *_pace, lease, subject, _purpose in rows if lease]
    met = round((right or 0) + (wrong or 0)) + sum(purpose == Purpose.CHECK for *_lease, purpose in rows)
    return Standing(cursors, nothing_until, live, Probation(bool(known), met, passed or 0, since or 0))


@Selection
def pace_and_leases():
    pace = FilteredRelation("paces", condition=Q(paces__workflow=Given("workflow")))
    live = FilteredRelation("leases", condition=Q(leases__seat=True, leases__used_at=None))
    skill = FilteredRelation("skills", condition=Q(skills__workflow=Given("workflow")))
    known = Exists(Gold.objects.filter(workflow=Given("workflow"), active=True))
    rows = Volunteer.objects.filter(pk=Given("volunteer")).annotate(pace=pace, live=live, skill=skill, known=known)
    of_pace = [f"pace__{column}" for column in ("cursors", "nothing_until", "since_check", "checks_passed")]
    of_checks = ["skill__checks_right", "skill__checks_wrong", "known"]
    return rows.values_list(*of_pace, *of_checks, "live__id", "live__subject", "live__purpose").order_by("live__id")


def remember(walker: Walker, nothing_until: datetime | None, standing: Standing, made: Made) -> None:
    mine = {"volunteer": walker.volunteer, "workflow": walker.workflow}
    checks = sum(lease.purpose == Purpose.CHECK for _token, lease in made.leases)
    since = standing.probation.since_after(checks, len(made.leases) - checks)
    values = {"cursors": dump_cursors(walker.cursors), "nothing_until": nothing_until, "since_check": since}
    if standing.cursors is None and NEW_PACE.is_new(**{f"{name}_id": key for name, key in mine.items()}, **values):
        introduce(**mine)
    else:
        change_pace.ask(**mine, **values)


@Update
def change_pace():
    mine = Pace.objects.filter(volunteer=Given("volunteer"), workflow=Given("workflow"))
    return mine, {name: Given(name) for name in ("cursors", "nothing_until", "since_check")}


def keep_within_limit(live: Sequence[tuple[int, int]], room: int) -> set[int]:
    """Give the oldest live leases back until at most ``room`` are left; return the subjects of the rest.

    A page that was reloaded forgot its leases: their seats must not be lost to others, nor its reader be locked out.
    """
    surplus = live[: max(0, len(live) - room)]
    if surplus:
        free_seats(Lease.objects.live().filter(pk__in=[pk for pk, _subject in surplus]))
    return {subject for _pk, subject in live[len(surplus) :]}
