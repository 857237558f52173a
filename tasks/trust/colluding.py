"""Volunteers who give the same wrong answers more often than chance explains are one voice: a ring.

A job looks at the latest settled tasks of a workflow and writes in ``Skill.ring`` who belongs together, and nothing
where that is no longer seen. From then on those of a ring count like people of one network: about as much as one.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import batched

import numpy as np
from django.conf import settings
from django.db import transaction

from accounts.models import Volunteer

from ..consensus.crowds.collusion import Known, find_rings
from ..enums import TaskState
from ..models import Answer, Decision, Skill, Task, Watermark, Workflow

logger = logging.getLogger(__name__)

SOUGHT = "rings"
MOST_TASKS = 50_000  # of a workflow, the latest: what they hold is read into the memory
AT_ONCE = 1000  # tasks
RING_BYTES = 8

type Row = tuple[int, int, int, bool, int]  # task, volunteer, value, wrong, page


def workflows_to_look_at(now: datetime) -> tuple[list[int], int]:
    """Return the workflows of projects that have new decisions, and how far these have been read."""
    mark, _made = Watermark.objects.get_or_create(name=SOUGHT)
    new = Decision.objects.filter(pk__gt=mark.position, created_at__lt=now - settings.UNDO_WINDOW)
    newest = new.order_by("pk").values_list("pk", flat=True).last() or mark.position
    workflows = Workflow.objects.filter(project__in=new.values("project").distinct())
    return list(workflows.order_by("pk").values_list("pk", flat=True)), newest


def looked_at(newest: int) -> None:
    Watermark.objects.filter(name=SOUGHT, position__lt=newest).update(position=newest)


def tie_colluders(workflow: Workflow) -> int:
    """Look at a workflow's latest settled tasks and write its rings; return how many volunteers are in one."""
    rows = list(settled_answers(workflow))
    rings = []
    if rows:
        people, volunteer = np.unique([row[1] for row in rows], return_inverse=True)
        _pages, place = np.unique([row[4] for row in rows], return_inverse=True)
        task, _volunteer, value, wrong, _page = (np.array(column) for column in zip(*rows, strict=True))
        known = Known(task, volunteer, value, wrong, place)
        rings = without_erased([people[list(ring)].tolist() for ring in find_rings(known)])
    write_rings(workflow, rings)
    return sum(map(len, rings))


def without_erased(rings: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return the rings of at least two that are left without people who have been forgotten."""
    members = [volunteer for ring in rings for volunteer in ring]
    gone = set(Volunteer.objects.filter(pk__in=members).exclude(erased_at=None).values_list("pk", flat=True))
    left = [[volunteer for volunteer in ring if volunteer not in gone] for ring in rings]
    return [ring for ring in left if len(ring) > 1]


def settled_answers(workflow: Workflow) -> Iterator[Row]:
    """Yield the answers to tasks with a value, some hundreds of tasks at a time, by task and volunteer."""
    agreed = Task.objects.filter(project=workflow.project_id, workflow=workflow, state=TaskState.AGREED)
    latest = agreed.order_by("-settled_at", "-pk").values_list("pk", "page", "decision")[:MOST_TASKS]
    for some in batched(sorted(latest), AT_ONCE):
        held = dict(Decision.objects.filter(pk__in=[row[2] for row in some]).values_list("task", "vote"))
        page_of = {task: page for task, page, _decision in some}
        answers = Answer.objects.filter(task__in=list(held), withdrawn_at=None).order_by("task", "volunteer")
        votes = {(task, volunteer): vote for task, volunteer, vote in answers.values_list("task", "volunteer", "vote")}
        numbers = {vote: number for number, vote in enumerate(sorted(set(votes.values())))}
        for (task, volunteer), vote in votes.items():
            yield task, volunteer, numbers[vote], vote != held[task], page_of[task]


@transaction.atomic
def write_rings(workflow: Workflow, rings: Sequence[Sequence[int]]) -> None:
    members = {volunteer: name_of(workflow.pk, ring) for ring in rings for volunteer in ring}
    skills = Skill.objects.filter(workflow=workflow)
    held = {skill.volunteer_id: bytes(skill.ring or b"") for skill in skills.exclude(ring=None)}
    if held == members:
        return
    newcomers = [Skill(volunteer_id=volunteer, workflow=workflow) for volunteer in sorted(members.keys() - held.keys())]
    Skill.objects.bulk_create(newcomers, ignore_conflicts=True)
    skills.filter(volunteer__in=held.keys() - members.keys()).update(ring=None)
    for ring in rings:
        skills.filter(volunteer__in=ring).update(ring=name_of(workflow.pk, ring))
    logger.info("workflow %s: %s volunteers in %s rings", workflow.pk, len(members), len(rings))


def name_of(workflow: int, ring: Sequence[int]) -> bytes:
    """A ring keeps its name as long as its first member stays."""
    return hashlib.blake2b(f"{workflow} {min(ring)}".encode(), digest_size=RING_BYTES).digest()
