"""What a fit says of the people: how often each was right, with which record newcomers begin, what is known of
somebody from other questions."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db.models import F, Sum

from ..consensus import estimate_reliability
from ..consensus.crowds.newcomers import newcomers_record
from ..deciding import Vote
from ..models import Skill, Workflow, WorkflowVersion
from .believing import Belief
from .gathering import Gathered, Ids, in_pieces

DIGITS = 6
SHARE_OF_ELSEWHERE, MOST_OF_ELSEWHERE = 0.5, 20.0  # an answer elsewhere counts half; all together no more than these
MOVED = 0.005  # of a reliability: tasks are weighed anew where somebody's has changed by more

type Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Record:
    """How often somebody was right and wrong, in expected counts; ``prior`` is None for a newcomer to the kind."""

    right: float
    wrong: float
    prior: Pair | None

    def reliability(self, newcomer: Pair) -> float:
        return estimate_reliability(self.right, self.wrong, self.prior or newcomer)


@dataclass(frozen=True)
class Judged:
    """The records by volunteer, those as they were ``before``, and with which a ``newcomer`` begins."""

    records: Mapping[int, Record]
    before: Mapping[int, Record]
    newcomer: Pair

    @property
    def changed(self) -> dict[int, Record]:
        return {who: record for who, record in self.records.items() if self.before.get(who) != record}

    def moved(self, newcomer: Pair) -> set[int]:
        """Return whose votes weigh otherwise than before, when newcomers began with ``newcomer``."""
        unknown = Record(0, 0, None)
        return {
            who
            for who, record in self.changed.items()
            if abs(record.reliability(self.newcomer) - self.before.get(who, unknown).reliability(newcomer)) > MOVED
        }

    def knows(self, vote: Vote) -> Vote:
        """Return the vote as it weighs with these records."""
        record = self.records.get(vote.volunteer)
        return vote.judged(record.right, record.wrong, record.prior) if record else vote


def judge_people(workflow: Workflow, found: Gathered, belief: Belief, known: Mapping[int, str]) -> Judged:
    teaching = found.teaching(known)
    people = len(found.people)
    right = np.bincount(found.volunteer[teaching], belief.right[teaching], people)
    answers = np.bincount(found.volunteer[teaching], minlength=people).astype(float)
    newcomer = newcomers_record(right, answers, belief.chance)
    before = records_before(workflow)
    elsewhere = records_elsewhere(workflow, found.people)
    counts = dict.fromkeys(before, (0.0, 0.0)) | {
        who: (hits, count - hits)
        for who, hits, count in zip(found.people.tolist(), right.tolist(), answers.tolist(), strict=True)
    }
    records = {
        who: Record(round(hits, DIGITS), round(max(misses, 0.0), DIGITS), prior_of(elsewhere.get(who), newcomer))
        for who, (hits, misses) in counts.items()
    }
    return Judged(records, before, newcomer)


def records_before(workflow: Workflow) -> dict[int, Record]:
    columns = ("volunteer", "right", "wrong", "prior_right", "prior_wrong")
    rows = Skill.objects.filter(workflow=workflow).order_by().values_list(*columns)
    return {who: Record(hits, misses, pair_of(*prior)) for who, hits, misses, *prior in rows.iterator()}


def pair_of(right: float | None, wrong: float | None) -> Pair | None:
    return None if right is None or wrong is None else (right, wrong)


def records_elsewhere(workflow: Workflow, people: Ids) -> dict[int, Pair]:
    """Return how often these people were right and wrong in other workflows of the kind, known answers included."""
    alike = WorkflowVersion.objects.filter(kind=workflow.current.kind).exclude(workflow=workflow).values("workflow")
    others = list(Skill.objects.filter(workflow__in=alike).order_by().values_list("workflow", flat=True).distinct())
    found: dict[int, Pair] = {}
    for some in in_pieces(people) if others else ():
        rows = Skill.objects.filter(volunteer__in=some, workflow__in=others).order_by().values_list("volunteer")
        sums = rows.annotate(hits=Sum(F("right") + F("checks_right")), misses=Sum(F("wrong") + F("checks_wrong")))
        found |= {who: (hits, misses) for who, hits, misses in sums if hits + misses > 0}
    return found


def prior_of(elsewhere: Pair | None, newcomer: Pair) -> Pair | None:
    """Return a newcomer's record and, shrunk, the one from elsewhere."""
    if elsewhere is None:
        return None
    share = min(SHARE_OF_ELSEWHERE, MOST_OF_ELSEWHERE / sum(elsewhere))
    right, wrong = (round(own + share * other, DIGITS) for own, other in zip(newcomer, elsewhere, strict=True))
    return right, wrong
