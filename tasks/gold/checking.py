"""Known lines among the work: who is asked one when, and what comes of the answer.

A check is a lease like any other, but that its task is settled and counts nothing. Until it is answered it cannot be
told from work: the same words, the same addresses, as many statements.
"""

import random
from collections.abc import Callable, Collection
from typing import Any

from django.db.models import F, FilteredRelation, Q

from accounts.prepared import Given, Selection, Update, ask, each, here

from ..consensus.trust import likeness, trust_of
from ..enums import GoldSource, TaskState
from ..kinds import KINDS
from ..leasing.walking import MINE, RING, Walker
from ..models import Gold, Pace, Task
from ..settling.weighing import Question
from ..showing.asking import newest
from ..signals import Settlement
from .lessons import lesson_of

WINDOW = 16  # known lines looked at from a random one on
AS_KNOWN = (TaskState.AGREED, TaskState.UNREADABLE)

# Nothing is checked where nothing is to be done: such a project is read, whatever is known of it. One table
# in each FROM, and an order for the work, lead both databases to their indexes.
HALF_OF_THE_RING = """
  SELECT * FROM (
    SELECT task_id, (SELECT subject FROM tasks_task WHERE tasks_task.id = task_id) AS subject FROM tasks_gold
    WHERE workflow_id = %s AND {active} AND draw {side} %s AND (
      SELECT 1 FROM tasks_task AS work WHERE work.workflow_id = %s AND work.state = 0 AND work.free = 1
      ORDER BY work.urgency, work.shuffle, work.position LIMIT 1) IS NOT NULL
    ORDER BY draw LIMIT {window}
  ) AS half"""
ACTIVE = {"sqlite": "active = 1", "postgresql": "active"}  # as their index of what is active has it


def look_around(active: str, mine: str) -> str:
    halves = [HALF_OF_THE_RING.format(side=side, window=WINDOW, active=active) for side in (">=", "<")]
    return f"SELECT ahead.*, {mine} FROM ({' UNION ALL '.join(halves)}) AS ahead LIMIT {WINDOW}"


LOOK = {vendor: look_around(active, MINE[vendor]) for vendor, active in ACTIVE.items()}
MEET = """
INSERT INTO tasks_skill (volunteer_id, workflow_id, checks_right, checks_wrong, trust) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (volunteer_id, workflow_id) DO UPDATE SET
  checks_right = tasks_skill.checks_right + excluded.checks_right,
  checks_wrong = tasks_skill.checks_wrong + excluded.checks_wrong, trust = excluded.trust"""


type Told = tuple[Settlement | None, dict[str, Any] | None]  # what it earns and what it is told; None: nothing


def draw_checks(walker: Walker, count: int, held: Collection[int]) -> list[tuple[int, int]]:
    """Return up to ``count`` known lines, as task and subject, that this volunteer has not met. None where there is no
    work to be done, or where they have met them all."""
    if not count:
        return []
    fresh = [(task, subject) for task, subject, mine in look(walker) if not mine and subject not in held]
    known = {task for [task] in still_known.rows(tasks=[task for task, _subject in fresh])}
    return [pair for pair in fresh if pair[0] in known][:count]


def look(walker: Walker) -> list[tuple[int, int, bool]]:
    """Return known lines as task, subject and whether the volunteer has met it."""
    database, where = here(), [walker.workflow, random.randrange(RING), walker.workflow]
    parameters = [walker.project, walker.volunteer, walker.volunteer, *where * 2]
    found: list[tuple[int, int, bool]] = ask(database, LOOK[database.vendor], parameters).rows
    return found


@Selection
def still_known(tasks):
    known = Task.objects.filter(pk__in=each("tasks", tasks), state__in=AS_KNOWN, page__withheld_at=None)
    return known.values_list("pk")


def judge_check(
    question: Question,
    volunteer: int,
    stored: Callable[[], int],
    value: dict[str, Any],
    *,
    heard: bool = True,
) -> Told:
    """Learn from an answer to a known line; only rows of this volunteer are written.

    ``stored`` returns the answer's id. One that came too fast to be ``heard`` earns nothing and is told nothing, as one
    to work would be.
    """
    rows = what_is_known.rows(task=question.task, volunteer=volunteer)
    if not rows or question.decision is None:
        return None, None  # no longer known: others will say
    [(known, source, state, schema, *record)] = rows
    vote = KINDS[question.kind].vote
    right = likeness(vote(value, schema), vote(known, schema))
    learn(question, volunteer, right, record)
    if not heard:
        return None, None
    agrees = right == 1
    mine = ((stored(), volunteer),)
    agreeing, differing = (mine, ()) if agrees else ((), mine)
    settled = Settlement(question.task, question.project, question.decision, TaskState(state), agreeing, differing)
    feedback = {"settled": TaskState(state).name.lower(), "agrees": agrees, "readers": 1 + agrees}
    if not agrees and source == GoldSource.ARCHIVIST:
        feedback["known"] = lesson_of(value, known)
    return settled, feedback


@Selection
def what_is_known():
    mine = Q(workflow__skill__volunteer=Given("volunteer"))
    known = Gold.objects.filter(task=Given("task"), active=True, task__page__withheld_at=None)
    known = known.annotate(skill=FilteredRelation("workflow__skill", condition=mine))
    of_skill = [f"skill__{column}" for column in ("checks_right", "checks_wrong", "right", "wrong")]
    known = known.annotate(schema=newest("schema"))
    return known.values_list("value", "source", "task__state", "schema", *of_skill)


def learn(question: Question, volunteer: int, right: float, record: list[float | None]) -> None:
    checks_right, checks_wrong, others_right, others_wrong = (number or 0 for number in record)
    trust = trust_of(checks_right + right, checks_wrong + 1 - right, others_right, others_wrong)
    ask(here(), MEET, [volunteer, question.workflow, right, 1 - right, trust])
    pass_check.ask(volunteer=volunteer, workflow=question.workflow, passed=int(right == 1))


@Update
def pass_check():
    mine = Pace.objects.filter(volunteer=Given("volunteer"), workflow=Given("workflow"))
    return mine, {"checks_passed": F("checks_passed") + Given("passed")}
