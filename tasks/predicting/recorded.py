"""What is recorded of a project's own question: a record that a policy can be tried on."""

from collections.abc import Iterable
from functools import partial
from statistics import median
from typing import Any

from django.db.models import OuterRef, Subquery

from ..consensus.replaying import Cast
from ..enums import KindName
from ..kinds import KINDS, choose
from ..models import Answer, Decision, Task, Workflow
from .choosing import USUAL, Habit
from .material import LONGEST, SECONDS, Material

SETTLED_AT_MOST = 400  # tasks, the newest: enough for a sentence at the desk
CHOICES_AT_MOST = 400
CHOICES_AT_LEAST = 20  # of fewer, people are taken to choose as they usually do
USUAL_CHOICES = 10  # that speak beside those of a project


def material_from(workflow: Workflow, at_most: int = SETTLED_AT_MOST, seconds: float | None = None) -> Material:
    """Return what is recorded of a workflow's newest settled tasks: in as many statements, however many there are."""
    settled = Task.objects.filter(project=workflow.project_id, workflow=workflow, settled_at__isnull=False)
    decided = dict(settled.order_by("-settled_at").values_list("pk", "decision")[:at_most])
    tasks = list(decided)
    given = Answer.objects.filter(task__in=tasks, counted=True, withdrawn_at=None)
    rows = list(given.order_by("id").values_list("task", "volunteer", "vote", "value", "elapsed_ms"))
    version = workflow.current
    kind = KINDS[version.kind]
    typed = version.kind == KindName.TRANSCRIBE
    people = {volunteer: number for number, volunteer in enumerate(dict.fromkeys(row[1] for row in rows))}
    record: dict[int, list[Cast]] = {task: [] for task in tasks}
    for task, volunteer, vote, value, _elapsed in rows:
        record[task].append(Cast(people[volunteer], vote, kind.reading(value)))
    return Material(
        list(record.values()),
        len(people),
        [] if typed else sorted({row[2] for row in rows}),
        partial(kind.merge, schema=version.schema),
        {},
        seconds or seconds_of(row[4] for row in rows) or usual_seconds(version.kind),
        drawn_from=len(tasks),
        held=held_for_right(decided) if typed else {},
        choosing=habit_of(workflow) if typed else USUAL,
    )


def held_for_right(decided: dict[int, int | None]) -> dict[int, str]:
    """Return the vote that was decided for, by the task's place."""
    votes = dict(Decision.objects.filter(pk__in=[*decided.values()]).exclude(vote="").values_list("pk", "vote"))
    return {place: votes[decision] for place, decision in enumerate(decided.values()) if decision in votes}


def habit_of(workflow: Workflow) -> Habit:
    """Return how people have chosen between readings of lines that have been decided since."""
    decided = Decision.objects.filter(pk=OuterRef("task__parent__decision")).exclude(vote="").values("vote")
    given = Answer.objects.filter(task__workflow__source_workflow=workflow, counted=True, withdrawn_at=None)
    rows = given.annotate(decided=Subquery(decided)).exclude(decided=None).order_by("-pk")
    choices = list(rows.values_list("value", "task__payload", "decided", "elapsed_ms")[:CHOICES_AT_MOST])
    if len(choices) < CHOICES_AT_LEAST:
        return USUAL
    right = sum(says_so(value, payload, vote) for value, payload, vote, _elapsed in choices)
    rightly = (right + USUAL.rightly * USUAL_CHOICES) / (len(choices) + USUAL_CHOICES)
    return Habit(rightly, seconds_of(row[3] for row in choices) or USUAL.seconds)


def says_so(value: dict[str, Any], payload: dict[str, Any], vote: str) -> bool:
    """Return whether somebody chose what was decided for, or that none was right where it was not offered."""
    chosen = choose.chosen_vote(value, payload)
    if chosen is None:
        return vote not in {choice["vote"] for choice in choose.offered(payload).values()}
    return chosen == vote


def seconds_of(taken: Iterable[int | None]) -> float | None:
    plausible = [each for each in taken if each and each <= LONGEST]
    return median(plausible) / 1000 if plausible else None


def usual_seconds(kind: str) -> float:
    return SECONDS["text" if kind == KindName.TRANSCRIBE else "choice"]
