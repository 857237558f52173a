"""Weigh tasks anew with what a fit has found: open ones may settle, known ones tell how far a confidence holds."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import batched

from django.db import transaction

from accounts.prepared import Given, Selection

from ..consensus import Outcome, Verdict
from ..consensus.tempering import Temper, fit_temper
from ..enums import TaskState
from ..models import Decision, Task
from ..settling.adjudicating import rounds_of
from ..settling.deciding import STATES, decide
from ..settling.telling import tell_of_review
from ..settling.weighing import Learned, Question, Vote, counted_votes, outcome_of, question_of, typed_of, weigh
from .claiming import Claim
from .judging import Judged

AT_ONCE = 200  # tasks
MOST_KNOWN = 2000  # known tasks that a confidence is compared with


def votes_on(question: Question, judged: Judged) -> list[Vote]:
    return [vote if vote.chosen else judged.knows(vote) for vote in counted_votes(question)]


def in_turn(tasks: Iterable[int]) -> Iterator[Task]:
    for some in batched(tasks, AT_ONCE):
        yield from Task.objects.filter(pk__in=some).select_related("version").order_by("pk")


def fit_confidence(known: dict[int, str], judged: Judged) -> Temper:
    """Compare what the consensus would say of known tasks (vote by id) with what is known; every second, third, ... of
    very many."""
    chosen = sorted(known)[:: -(-len(known) // MOST_KNOWN) or 1]
    said: list[tuple[float, bool]] = []
    for task in in_turn(chosen):
        question = question_of(task, Learned(judged.newcomer))
        votes = votes_on(question, judged)
        if len(typed_of(votes)) >= question.policy.minimum and (verdict := weigh(question, votes)):
            said.append((verdict.confidence, verdict.vote == known[task.pk]))
    return fit_temper([confidence for confidence, _right in said], [right for _confidence, right in said])


def weigh_anew(task: Task, learned: Learned, judged: Judged) -> tuple[Outcome, Verdict | None]:
    question = question_of(task, learned)
    votes = votes_on(question, judged)
    verdict = weigh(question, votes)
    return outcome_of(question, verdict, votes), verdict


def is_outvoted(task: int, vote: str, learned: Learned, judged: Judged) -> bool:
    """Whether those who answered and those who chose among their readings would together say something else now."""
    [found] = in_turn([task])
    _outcome, verdict = weigh_anew(found, learned, judged)
    return verdict is not None and verdict.vote != vote


def rescore(tasks: Iterable[int], learned: Learned, judged: Judged, claim: Claim | None, now: datetime) -> int:
    """Settle open tasks whose answers suffice now, or ask for one more; return how many settled or would settle.

    Each in a transaction of its own, and looked at again in it. Without a claim nothing is written.
    """
    settled = 0
    for task in in_turn(tasks):
        if task.state != TaskState.OPEN or waits_for_more(task):
            continue
        outcome, _verdict = weigh_anew(task, learned, judged)
        if claim is None:
            settled += outcome in STATES
        elif outcome in STATES or (outcome is Outcome.ONE_MORE and task.wanted <= task.answered):
            settled += decide_anew(task, learned, claim, now)
    return settled


def waits_for_more(task: Task) -> bool:
    """Whether the task is asked again, by a reviewer or after people chose among its readings or took one back: then
    the next answer decides."""
    if rounds_of(task.payload):
        return True
    return task.decision is not None and Decision.objects.filter(pk=task.decision, answers__gte=task.answered).exists()


@transaction.atomic
def decide_anew(task: Task, learned: Learned, claim: Claim, now: datetime) -> bool:
    claim.hold()
    lock(task)
    if task.state != TaskState.OPEN or waits_for_more(task):
        return False
    question = question_of(task, learned)
    settlement = decide(question, counted_votes(question), now)
    if settlement:
        tell_of_review(task.pk, task.project_id, None, settlement, now)
    return settlement is not None


def lock(task: Task) -> None:
    """Lock the task and bring up to date what may have changed of it since it was read."""
    [row] = as_it_stands.rows(task=task.pk)
    for column, value in zip(CHANGING, row, strict=True):
        setattr(task, column, value)


CHANGING = ("version_id", "state", "decision", "answered", "maximum", "payload")


@Selection
def as_it_stands():
    return Task.objects.filter(pk=Given("task")).select_for_update().values_list(*CHANGING)
