"""What a volunteer has shown elsewhere goes before them when they meet another question of the same kind.

Records of right and wrong answers are written by ``refitting`` alone.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet, Sum

from accounts.prepared import Given, Selection

from ..models import Skill, Workflow, WorkflowVersion
from ..settling.weighing import learned_by
from .reckoning import trust_anew

DIGITS = 6
SHARE_OF_ELSEWHERE, MOST_OF_ELSEWHERE = 0.5, 20.0  # an answer elsewhere counts half; all together no more than these
ADDED = ("right", "wrong", "checks_right", "checks_wrong")

type Pair = tuple[float, float]


def prior_of(elsewhere: Pair | None, newcomer: Pair) -> Pair | None:
    """Return a newcomer's record and, shrunk, the one from elsewhere; None where there is none."""
    if elsewhere is None:
        return None
    share = min(SHARE_OF_ELSEWHERE, MOST_OF_ELSEWHERE / sum(elsewhere))
    right, wrong = (round(own + share * other, DIGITS) for own, other in zip(newcomer, elsewhere, strict=True))
    return right, wrong


def alike(workflow: Any) -> QuerySet[Any]:
    """Return the ids of the other workflows that ask the same kind of question."""
    kinds = WorkflowVersion.objects.filter(workflow=workflow).values("kind")
    return Workflow.objects.filter(versions__kind__in=kinds).exclude(pk=workflow).values("pk")


def records_elsewhere(workflow: int, people: Iterable[int]) -> dict[int, Pair]:
    """Return how often they were right and wrong in other workflows of the kind, known answers included."""
    sums = sums_elsewhere(workflow, volunteer__in=list(people))
    return {who: (right, wrong) for who, right, wrong in sums if right + wrong > 0}


def sums_elsewhere(workflow: Any, **people: Any) -> QuerySet[Any, tuple[int, float, float]]:
    hits, misses = Sum(F("right") + F("checks_right")), Sum(F("wrong") + F("checks_wrong"))
    rows = Skill.objects.filter(workflow__in=alike(workflow), **people).order_by()
    return rows.values_list("volunteer").annotate(hits=hits, misses=misses)


@Selection
def record_elsewhere():
    return sums_elsewhere(Given("workflow"), volunteer=Given("volunteer"))


def introduce(volunteer: int, workflow: int) -> None:
    """Somebody is asked this question for the first time: what they have shown elsewhere comes with them."""
    for _who, right, wrong in record_elsewhere.rows(volunteer=volunteer, workflow=workflow):
        if prior := prior_of((right, wrong) if right + wrong > 0 else None, learned_by(workflow).newcomer):
            mine = Skill(volunteer_id=volunteer, workflow_id=workflow, prior_right=prior[0], prior_wrong=prior[1])
            Skill.objects.bulk_create([mine], ignore_conflicts=True)


def bring_records(guest: int, account: int) -> None:
    """What a guest has shown is the account's, until the next fit counts anew."""
    mine = {skill.workflow_id: skill for skill in Skill.objects.filter(volunteer=account)}
    for skill in Skill.objects.filter(volunteer=guest):
        if own := mine.get(skill.workflow_id):
            sums = {name: getattr(own, name) + getattr(skill, name) for name in ADDED}
            Skill.objects.filter(pk=own.pk).update(**sums, ring=own.ring or skill.ring)
            skill.delete()
            trust_anew([account], own.workflow_id)
        else:
            Skill.objects.filter(pk=skill.pk).update(volunteer=account)
