"""The next task: a walk along one index.

The open tasks of a workflow lie on a ring per urgency, ordered by (shuffle, position); shuffle is a random number of
the page. Each volunteer has a cursor per ring. A call looks at the next tasks after each cursor and takes the first
that are not this volunteer's own, the urgent ones first: up to ``NEIGHBOURS`` of one page, then the cursor jumps to a
random other on the question's front (see ``advancing``). The work is the same for a thousand and for ten million
tasks, and whether the volunteer has answered none or 50,000.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from accounts.prepared import Given, Search, Update, ask, each, here

from ..enums import Urgency
from ..models import Answer, Lease, Task
from .leases import free_some_expired

WINDOWS = (5, 16, 48, 96)  # tasks of each ring looked at, round after round while all of them are one's own
NEIGHBOURS = 10  # tasks of one page in a row
RING = 2**62  # shuffle numbers lie in [0, RING)
EVERYWHERE = range(RING)
LEFT_BEHIND = 0.03  # share of jumps to the start: what all have passed by is met again
BEFORE_FIRST = -1  # position before the first of a page
URGENT_FIRST = (Urgency.NEARLY, Urgency.DOUBTFUL, Urgency.STARTED, Urgency.FRESH)

# Urgency and limit are written in: a kept statement is planned once only if the server can tell what it will cost.
RING_AHEAD = """
  SELECT * FROM (
    SELECT id, subject, urgency, shuffle, position FROM tasks_task
    WHERE workflow_id = %s AND urgency = {urgency} AND state = 0 AND free = 1 AND (shuffle, position) > (%s, %s)
    ORDER BY shuffle, position LIMIT {window}
  ) AS ring"""
# Whether project, volunteer and volunteer have answered or skipped what is ahead: two index probes for each task, never
# a join with their whole history.
EITHER = """
  (SELECT 1 FROM tasks_answer WHERE tasks_answer.project_id = %s AND tasks_answer.volunteer_id = %s
    AND tasks_answer.subject = ahead.subject AND {standing} LIMIT 1) IS NOT NULL
  OR (SELECT 1 FROM tasks_lease WHERE tasks_lease.volunteer_id = %s
    AND tasks_lease.subject = ahead.subject AND {skipped} LIMIT 1) IS NOT NULL"""
MINE = {  # as their partial indexes have it, else both tables are read from end to end
    "sqlite": EITHER.format(standing="reopened = 0", skipped="skipped = 1"),
    "postgresql": EITHER.format(standing="NOT reopened", skipped="skipped"),
}


def look_ahead(mine: str, window: int) -> str:
    rings = [RING_AHEAD.format(urgency=urgency.value, window=window) for urgency in URGENT_FIRST]
    return f"SELECT ahead.*, {mine} FROM ({' UNION ALL '.join(rings)}) AS ahead"


LOOK = {(vendor, window): look_ahead(mine, window) for vendor, mine in MINE.items() for window in WINDOWS}


class Candidate(NamedTuple):
    id: int
    subject: int
    urgency: int
    shuffle: int
    position: int
    mine: bool = False  # answered or skipped by whoever walks


@dataclass(slots=True)
class Cursor:
    """Where a volunteer stands on one ring, how many tasks of this page were taken in a row, and where jumps land."""

    shuffle: int
    position: int = BEFORE_FIRST
    run: int = 0
    front: range = EVERYWHERE

    @property
    def at_start(self) -> bool:
        return (self.shuffle, self.position) == (0, BEFORE_FIRST)

    def take(self, task: Candidate) -> None:
        self.run = self.run + 1 if task.shuffle == self.shuffle else 1
        self.shuffle, self.position = task.shuffle, task.position

    def pass_over(self, task: Candidate) -> None:
        if (self.shuffle, self.position) != (task.shuffle, task.position):
            self.shuffle, self.position, self.run = task.shuffle, task.position, 0

    def stop_before(self, task: Candidate) -> None:
        self.shuffle, self.position, self.run = task.shuffle, task.position - 1, 0

    def jump(self) -> None:
        self.shuffle, self.position, self.run = landing(self.front), BEFORE_FIRST, 0

    def wrap(self) -> None:
        self.shuffle, self.position, self.run = 0, BEFORE_FIRST, 0


type Cursors = dict[Urgency, Cursor]


@dataclass(frozen=True, slots=True)
class Walker:
    """One volunteer in one workflow."""

    volunteer: int
    project: int
    workflow: int
    cursors: Cursors


def load_cursors(stored: Mapping[str, Sequence[int]], front: range = EVERYWHERE) -> Cursors:
    """Return the cursors as they were dumped, new ones somewhere on the front. What was begun lies on pages that are no
    longer fresh, so those rings' fronts begin a little earlier."""
    begun = range(max(0, front.start - len(front) // 4), front.stop)
    fronts = {urgency: front if urgency == Urgency.FRESH else begun for urgency in URGENT_FIRST}
    return {urgency: load_cursor(stored.get(str(urgency.value)), fronts[urgency]) for urgency in URGENT_FIRST}


def load_cursor(stored: Sequence[int] | None, front: range) -> Cursor:
    shuffle, position, run = stored or (landing(front), BEFORE_FIRST, 0)
    return Cursor(shuffle, position, run, front)


def landing(front: range) -> int:
    if front.start and random.random() < LEFT_BEHIND:
        return 0
    return random.choice(front)


def dump_cursors(cursors: Cursors) -> dict[str, list[int]]:
    return {str(urgency.value): [c.shuffle, c.position, c.run] for urgency, c in cursors.items()}


def walk(walker: Walker, count: int, held: Collection[int]) -> list[Candidate]:
    """Take up to ``count`` seats along the rings and move the cursors; ``held`` are the subjects of live leases."""
    chosen: list[Candidate] = []
    passed = set(held)
    for window in WINDOWS:
        rings = look(walker, window)
        turned = turn_back(walker.cursors, rings)
        picked: list[Candidate] = []
        for urgency, ring in rings.items():
            picked += pick(ring, passed, walker.cursors[urgency], count - len(chosen) - len(picked))
        chosen += take_seats(picked)
        if len(chosen) >= count or not (turned or any(rings.values())):
            break
    return chosen


def look(walker: Walker, window: int) -> dict[Urgency, list[Candidate]]:
    """Return the next tasks with a free seat on each ring, in one statement, and which of them are one's own."""
    parameters = [walker.project, walker.volunteer, walker.volunteer]
    for cursor in walker.cursors.values():
        parameters += [walker.workflow, cursor.shuffle, cursor.position]
    rings: dict[Urgency, list[Candidate]] = {urgency: [] for urgency in walker.cursors}
    database = here()
    for row in ask(database, LOOK[database.vendor, window], parameters).rows:
        task = Candidate(*row)
        rings[Urgency(task.urgency)].append(task)
    return rings


def turn_back(cursors: Cursors, rings: dict[Urgency, list[Candidate]]) -> bool:
    """Send the cursors that have nothing before them to the start; False when there was none, or all were there."""
    ended = [cursor for urgency, cursor in cursors.items() if not rings[urgency] and not cursor.at_start]
    for cursor in ended:
        cursor.wrap()
    return bool(ended)


def pick(ring: Sequence[Candidate], passed: set[int], cursor: Cursor, room: int) -> list[Candidate]:
    """Choose tasks in walking order, none of a subject in ``passed``, and add theirs to it; the cursor ends behind the
    last one chosen, or behind a window of one's own."""
    picked: list[Candidate] = []
    for task in ring:
        if len(picked) >= room:
            return picked
        if task.mine or task.subject in passed:
            continue
        passed.add(task.subject)
        picked.append(task)
        cursor.take(task)
        if cursor.run >= NEIGHBOURS:
            cursor.jump()
            return picked
    if ring:
        cursor.pass_over(ring[-1])
    return picked


def take_seats(tasks: Sequence[Candidate]) -> list[Candidate]:
    """Take a seat of each task that still has one. SQLite's write lock is held already; PostgreSQL locks the rows, and
    passes over those that somebody else has locked."""
    if not tasks:
        return []
    taken = {task for [task] in take_seat.rows(tasks=[task.id for task in tasks])}
    return [task for task in tasks if task.id in taken]


@Update
def take_seat(tasks):
    free = Task.objects.with_seats().filter(pk__in=each("tasks", tasks))
    if connection.features.has_select_for_update_skip_locked:
        free = Task.objects.filter(pk__in=free.order_by("pk").select_for_update(skip_locked=True).values("pk"))
    return free, {"leased": F("leased") + 1}


def search(walker: Walker, now: datetime) -> bool:
    """Look at everything once, because the walk met only tasks of one's own, or none: put the cursor before the first
    task that is left; False when none is."""
    free_some_expired(now)
    rows = first_left.rows(volunteer=walker.volunteer, project=walker.project, workflow=walker.workflow)
    for task in [Candidate(*row) for row in rows]:
        walker.cursors[Urgency(task.urgency)].stop_before(task)
    return bool(rows)


@Search
def first_left():
    theirs = {"volunteer": Given("volunteer"), "subject": OuterRef("subject")}
    answered = Answer.objects.filter(project=Given("project"), reopened=False, **theirs)
    touched = Lease.objects.filter(Q(skipped=True) | Q(seat=True, used_at=None), **theirs)
    left = Task.objects.with_seats().filter(~Exists(answered), ~Exists(touched), workflow=Given("workflow"))
    return left.order_by("urgency", "shuffle", "position").values_list(
        "id", "subject", "urgency", "shuffle", "position"
    )[:1]
