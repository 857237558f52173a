"""Read what holds of the answered tasks: what is known of them, and what the consensus made of the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
from django.db.models import F

from ..consensus import BLANK, UNREADABLE
from ..consensus.crowds.crowd import Place
from ..enums import DecidedBy, GoldSource, TaskState
from ..models import Decision, Gold, Workflow
from .gathering import ROWS_AT_ONCE, Ids, places_of, ranges

DECIDED = (TaskState.AGREED, TaskState.UNREADABLE)
KNOWN_BY = (DecidedBy.REVIEWER, DecidedBy.GOLD)


@dataclass(frozen=True)
class Held:
    """What the consensus decided and nobody has touched: place of the task, id of the decision, its vote.

    ``adjudicated``: the confidence of those, by place, for which people chose among the readings as well.
    """

    task: Place
    decision: Ids
    vote: list[str]
    adjudicated: dict[int, float]


@dataclass(frozen=True)
class Known:
    """What an archivist or a reviewer has decided, by place of the task: as a vote, and as the models of texts have
    it."""

    votes: dict[int, str]
    typed: dict[int, str]


def read_held(workflow: Workflow, tasks: Ids) -> Held:
    rows = holding(workflow).exclude(decided_by__in=KNOWN_BY).order_by("task")
    columns = ("task", "pk", "vote", "decided_by", "confidence")
    places, decisions, votes = [np.empty(0, np.intp)], [np.empty(0, np.int64)], list[str]()
    same: dict[str, str] = {}  # one copy of each vote, for there may be millions
    adjudicated: dict[int, float] = {}
    for first, last in ranges(tasks):
        if some := list(rows.filter(task__gte=first, task__lte=last).values_list(*columns).iterator(ROWS_AT_ONCE)):
            ids, pks, said, deciders, sures = zip(*some, strict=True)
            place, ours = places_of(ids, tasks)
            places.append(place[ours])
            decisions.append(np.array(pks, np.int64)[ours])
            votes += [same.setdefault(vote, vote) for vote in compress(said, ours)]
            people = [decider == DecidedBy.ADJUDICATION for decider in deciders]
            adjudicated |= dict(zip(place[people & ours].tolist(), compress(sures, people & ours), strict=True))
    return Held(np.concatenate(places), np.concatenate(decisions), votes, adjudicated)


def read_known(workflow: Workflow, tasks: Ids) -> Known:
    """What the crowd itself is very sure of teaches nobody here: an error would become a rule."""
    gold = Gold.objects.filter(workflow=workflow, active=True, source=GoldSource.ARCHIVIST).order_by()
    decided = holding(workflow).filter(decided_by__in=KNOWN_BY)
    told = {task: (vote, value) for rows in (gold, decided) for task, vote, value in rows.values_list(*TOLD)}
    place, ours = places_of(sorted(told), tasks)
    found = [(at, *told[task]) for task, at, mine in zip(sorted(told), place.tolist(), ours, strict=True) if mine]
    votes = {number: vote for number, vote, _value in found}
    return Known(votes, {number: typed(value) for number, _vote, value in found})


TOLD = ("task", "vote", "value")


def holding(workflow: Workflow) -> Any:
    """Decisions that hold of decided tasks; a withdrawn task keeps its decision and is none."""
    rows = Decision.objects.filter(pk=F("task__decision"), state=F("task__state"), state__in=DECIDED)
    return rows.filter(task__workflow=workflow).order_by()


def typed(value: Mapping[str, Any]) -> str:
    if value.get("unreadable"):
        return UNREADABLE
    return BLANK if value.get("blank") else str(value.get("text", ""))
