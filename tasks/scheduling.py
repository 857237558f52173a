"""The next task: a walk along one index.

The open tasks of a workflow lie on a ring per urgency, ordered by (shuffle, position); shuffle is a random number of
the page. Each volunteer has a cursor per ring. A call looks at the next ``WINDOW`` tasks after each cursor and takes
the first that are not this volunteer's own, the urgent ones first: up to ``NEIGHBOURS`` of one page, then the cursor
jumps to a random other. The work is the same for a thousand and for ten million tasks, and whether the volunteer has
answered none or 50,000.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from .durability import lazy_commit
from .enums import ProjectState, Urgency
from .errors import ProjectNotOpen, UnknownProject, UnknownWorkflow
from .leases import free_seats, free_some_expired, hash_of, make_leases
from .models import Answer, Lease, Pace, Project, Task, Workflow
from .questions import questions_of

WINDOW = 32  # tasks of each ring looked at in one round
ROUNDS = 4  # windows passed over in one call while all of them are one's own
NEIGHBOURS = 10  # tasks of one page in a row
RING = 2**62  # shuffle numbers lie in [0, RING)
BEFORE_FIRST = -1  # before the first position of a page
NOTHING_FOR = timedelta(minutes=1)  # how long an empty search is believed
URGENT_FIRST = (Urgency.DOUBTFUL, Urgency.STARTED, Urgency.FRESH)

LOOK = " UNION ALL ".join(
    """
SELECT * FROM (
  SELECT id, subject, urgency, shuffle, position FROM tasks_task
  WHERE workflow_id = %s AND urgency = %s AND state = 0 AND seats > 0 AND (shuffle, position) > (%s, %s)
  ORDER BY shuffle, position LIMIT %s
) AS ring"""
    for _urgency in URGENT_FIRST
)


@dataclass(frozen=True, slots=True)
class Granted:
    """A lease as its holder gets it; ``task`` is the task object of the API."""

    token: str
    expires_at: datetime
    task: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grant:
    """``exhausted``: nothing is left for this volunteer here, now."""

    leases: list[Granted]
    exhausted: bool


class Candidate(NamedTuple):
    id: int
    subject: int
    urgency: int
    shuffle: int
    position: int


@dataclass(slots=True)
class Cursor:
    """Where a volunteer stands on one ring, and how many tasks of this page were taken in a row."""

    shuffle: int = field(default_factory=lambda: random.randrange(RING))
    position: int = BEFORE_FIRST
    run: int = 0

    @property
    def at_start(self) -> bool:
        return (self.shuffle, self.position) == (0, BEFORE_FIRST)

    def take(self, task: Candidate) -> None:
        self.run = self.run + 1 if task.shuffle == self.shuffle else 1
        self.shuffle, self.position = task.shuffle, task.position

    def pass_over(self, task: Candidate) -> None:
        if (self.shuffle, self.position) != (task.shuffle, task.position):
            self.shuffle, self.position, self.run = task.shuffle, task.position, 0

    def jump(self) -> None:
        self.shuffle, self.position, self.run = random.randrange(RING), BEFORE_FIRST, 0

    def wrap(self) -> None:
        self.shuffle, self.position, self.run = 0, BEFORE_FIRST, 0


type Cursors = dict[Urgency, Cursor]


@dataclass(frozen=True, slots=True)
class Walker:
    """One volunteer in one workflow; ``held`` are the subjects of the live leases."""

    volunteer: int
    project: int
    workflow: int
    cursors: Cursors
    held: set[int]


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
    most = settings.LEASES_OF_A_NEWCOMER if newcomer else settings.LEASES_OF_A_VOLUNTEER
    most = min(most, holding or most)
    count = min(count, most)
    made: list[tuple[str, Lease]] = []
    for project_id, workflow_id in workflows_of(project, workflow):
        made += lease_from(workflow_id, project_id, volunteer, count - len(made), most, now)
        if len(made) >= count:
            break
    tasks = questions_of(lease.task_id for _token, lease in made) if made else {}
    granted = [Granted(token, lease.expires_at, tasks[lease.task_id]) for token, lease in made]
    return Grant(granted, exhausted=not granted)


def held_lease(volunteer: int, token: str) -> Grant | None:
    """Return the volunteer's own live lease under its token once more."""
    lease = Lease.objects.live().filter(volunteer=volunteer, token_hash=hash_of(token)).first()
    if lease is None:
        return None
    return Grant([Granted(token, lease.expires_at, questions_of([lease.task_id])[lease.task_id])], exhausted=False)


def workflows_of(project: str, workflow: int | None) -> list[tuple[int, int]]:
    rows = Workflow.objects.playable().filter(project__slug=project, project__state=ProjectState.OPEN)
    ids = list(rows.values_list("project_id", "id"))
    if not ids:
        if not Project.objects.public().filter(slug=project).exists():
            raise UnknownProject(_("There is no project of this name."))
        raise ProjectNotOpen(_("This project takes no answers now. Choose another one."))
    if workflow is None:
        return ids
    chosen = [(project_id, id_) for project_id, id_ in ids if id_ == workflow]
    if not chosen:
        raise UnknownWorkflow(_("This project has no such question. Leave “workflow” out to get any."))
    return chosen


def lease_from(
    workflow: int, project: int, volunteer: int, count: int, most: int, now: datetime
) -> list[tuple[str, Lease]]:
    with lazy_commit():
        pace = Pace.objects.filter(volunteer=volunteer, workflow=workflow).values_list("cursors", "nothing_until")
        cursors, nothing_until = pace.first() or (None, None)
        if nothing_until and nothing_until > now:
            return []
        held = keep_within_limit(volunteer, most - count)
        walker = Walker(volunteer, project, workflow, load(cursors or {}), held)
        chosen = walk(walker, count) or search(walker, count, now)
        made = make_leases(project, volunteer, [(task.id, task.subject) for task in chosen], now)
        Lease.objects.bulk_create([lease for _token, lease in made])
        remember(walker, None if made else now + NOTHING_FOR, known=cursors is not None)
    return made


def load(cursors: dict[str, Sequence[int]]) -> Cursors:
    return {urgency: Cursor(*cursors.get(str(urgency.value), ())) for urgency in URGENT_FIRST}


def remember(walker: Walker, nothing_until: datetime | None, *, known: bool) -> None:
    cursors = {str(urgency.value): [c.shuffle, c.position, c.run] for urgency, c in walker.cursors.items()}
    values = {"cursors": cursors, "nothing_until": nothing_until}
    mine = Pace.objects.filter(volunteer=walker.volunteer, workflow=walker.workflow)
    if not (known and mine.update(**values)):
        Pace.objects.update_or_create(volunteer_id=walker.volunteer, workflow_id=walker.workflow, defaults=values)


def keep_within_limit(volunteer: int, room: int) -> set[int]:
    """Give the oldest live leases back until at most ``room`` are left; return the subjects of the rest.

    A page that was reloaded forgot its leases: their seats must not be lost to others, nor its reader be locked out.
    """
    live = list(Lease.objects.live().filter(volunteer=volunteer).values_list("pk", "subject").order_by("pk"))
    surplus = live[: max(0, len(live) - room)]
    if surplus:
        free_seats(Lease.objects.live().filter(pk__in=[pk for pk, _subject in surplus]))
    return {subject for _pk, subject in live[len(surplus) :]}


def walk(walker: Walker, count: int) -> list[Candidate]:
    """Take up to ``count`` seats along the rings and move the cursors."""
    chosen: list[Candidate] = []
    for _round in range(ROUNDS):
        rings = look(walker)
        turned = turn_back(walker.cursors, rings)
        mine = walker.held | subjects_of(walker, [task.subject for ring in rings.values() for task in ring])
        picked: list[Candidate] = []
        for urgency, ring in rings.items():
            picked += pick(ring, mine, walker.cursors[urgency], count - len(chosen) - len(picked))
        chosen += take_seats(picked)
        walker.held.update(task.subject for task in picked)
        if len(chosen) >= count or not (turned or any(rings.values())):
            break
    return chosen


def look(walker: Walker) -> dict[Urgency, list[Candidate]]:
    """Return the next tasks with a free seat on each ring, in one statement."""
    parameters: list[int] = []
    for urgency, cursor in walker.cursors.items():
        parameters += [walker.workflow, urgency.value, cursor.shuffle, cursor.position, WINDOW]
    rings: dict[Urgency, list[Candidate]] = {urgency: [] for urgency in walker.cursors}
    with connection.cursor() as statement:
        statement.execute(LOOK, parameters)
        for row in statement.fetchall():
            task = Candidate(*row)
            rings[Urgency(task.urgency)].append(task)
    return rings


def turn_back(cursors: Cursors, rings: dict[Urgency, list[Candidate]]) -> bool:
    """Send the cursors that have nothing before them to the start; False when there was none, or all were there."""
    ended = [cursor for urgency, cursor in cursors.items() if not rings[urgency] and not cursor.at_start]
    for cursor in ended:
        cursor.wrap()
    return bool(ended)


def subjects_of(walker: Walker, subjects: Sequence[int]) -> set[int]:
    """Return those of the subjects that the volunteer has answered or skipped: two index probes, never a join with
    the volunteer's whole history."""
    if not subjects:
        return set()
    answered = Answer.objects.filter(
        project=walker.project, volunteer=walker.volunteer, subject__in=subjects, reopened=False
    )
    skipped = Lease.objects.filter(volunteer=walker.volunteer, subject__in=subjects, skipped=True)
    return set(answered.values_list("subject", flat=True).union(skipped.values_list("subject", flat=True), all=True))


def pick(ring: Sequence[Candidate], mine: set[int], cursor: Cursor, room: int) -> list[Candidate]:
    """Choose tasks in walking order; the cursor ends behind the last one chosen, or behind a window of one's own."""
    picked: list[Candidate] = []
    for task in ring:
        if len(picked) >= room:
            return picked
        if task.subject in mine:
            continue
        mine.add(task.subject)
        picked.append(task)
        cursor.take(task)
        if cursor.run >= NEIGHBOURS:
            cursor.jump()
            return picked
    if ring:
        cursor.pass_over(ring[-1])
    return picked


def take_seats(tasks: Sequence[Candidate]) -> list[Candidate]:
    """Take a seat of each task that still has one. SQLite's write lock is held already; PostgreSQL locks the rows."""
    if not tasks:
        return []
    free = Task.objects.with_seats().filter(pk__in=[task.id for task in tasks])
    if connection.features.has_select_for_update_skip_locked:
        locked = set(free.order_by("pk").select_for_update(skip_locked=True).values_list("pk", flat=True))
        tasks = [task for task in tasks if task.id in locked]
        free = Task.objects.filter(pk__in=locked)
    free.update(leased=F("leased") + 1)
    return list(tasks)


def search(walker: Walker, count: int, now: datetime) -> list[Candidate]:
    """Look at everything once: the walk met only tasks of one's own, or none. Believed for ``NOTHING_FOR``."""
    free_some_expired(now)
    answered = Answer.objects.filter(
        project=walker.project, volunteer=walker.volunteer, subject=OuterRef("subject"), reopened=False
    )
    touched = Lease.objects.filter(volunteer=walker.volunteer, subject=OuterRef("subject")).filter(
        Q(skipped=True) | Q(seat=True, used_at=None)
    )
    left = Task.objects.with_seats().filter(~Exists(answered), ~Exists(touched), workflow=walker.workflow)
    rows = left.order_by("urgency", "shuffle", "position").values_list(*Candidate._fields)[:count]
    found = [Candidate(*row) for row in rows]
    for task in found:
        walker.cursors[Urgency(task.urgency)].pass_over(task)
    return take_seats(distinct(found))


def distinct(tasks: Sequence[Candidate]) -> list[Candidate]:
    """Keep one task of each subject: nobody is asked two questions about the same line."""
    return list({task.subject: task for task in tasks}.values())
