"""What a fit says of the people: how often each was right, with which record newcomers begin, what is known of
somebody from other questions."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..consensus import estimate_reliability
from ..consensus.crowds.newcomers import newcomers_record
from ..models import Skill, Workflow
from ..settling.weighing import Vote
from ..trust.skills import DIGITS, Pair, prior_of, records_elsewhere
from .believing import Belief
from .gathering import Gathered, in_pieces

MOVED = 0.005  # of a reliability: tasks are weighed anew where somebody's has changed by more


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
    elsewhere: dict[int, Pair] = {}
    for some in in_pieces(found.people):
        elsewhere |= records_elsewhere(workflow.pk, some)
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
