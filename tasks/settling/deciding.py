"""What becomes of a task once its counted answers are weighed: it settles, asks one more, or has others choose."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.db.models import F, Subquery
from django.db.models.functions import Greatest

from accounts.prepared import Given, Insertion, Update

from ..consensus import MOST_ANSWERS, NEARLY, Outcome, Verdict, chance_to_settle
from ..enums import DecidedBy, TaskState, Urgency
from ..kinds import KINDS
from ..models import Decision, Task
from ..signals import Settlement
from .adjudicating import Reading, ask_which
from .weighing import Question, Vote, outcome_of, typed_of, weigh

NEW_DECISION = Insertion(
    Decision,
    "project_id",
    "task_id",
    "number",
    "state",
    "value",
    "vote",
    "agreement",
    "confidence",
    "answers",
    "decided_by",
    "method",
    "method_version",
    "parameters",
    "parameters_hash",
    "evidence",
    "reason",
    "created_at",
)
STATES = {
    Outcome.AGREED: TaskState.AGREED,
    Outcome.UNREADABLE: TaskState.UNREADABLE,
    Outcome.DISPUTED: TaskState.DISPUTED,
}
SETTLING = (Outcome.AGREED, Outcome.UNREADABLE)


def decide(question: Question, votes: Sequence[Vote], at: datetime) -> Settlement | None:
    """Settle the task if its counted answers allow it, else ask for as many seats as it needs; return the settlement.

    Call inside the transaction that changed the answers.
    """
    verdict = weigh(question, votes)
    outcome = outcome_of(question, verdict, votes)
    if outcome in SETTLING and votes[-1].muted:
        outcome = Outcome.ONE_MORE  # whoever has been muted settles nothing: the next one does
    if verdict is None or outcome not in STATES:
        if not (outcome is Outcome.ONE_MORE and question.policy.adjudicate and adjudicate(question, votes)):
            ask_further(question, outcome, votes, verdict)
        return None
    return settle(question, votes, verdict, STATES[outcome], at)


def adjudicate(question: Question, votes: Sequence[Vote]) -> bool:
    """Have others choose among the readings of those who have a say."""
    kind = KINDS[question.kind]
    typed = [vote for vote in typed_of(votes) if not vote.muted]
    return ask_which(question.task, [Reading(vote.answer, vote.vote, kind.reading(vote.value)) for vote in typed])


def ask_further(question: Question, outcome: Outcome, votes: Sequence[Vote], verdict: Verdict | None) -> None:
    """One seat more after a doubt. The minimum is asked from the start, so waiting changes nothing, unless a muted
    answer has taken one of those seats."""
    typed = typed_of(votes)
    if outcome is Outcome.ONE_MORE or any(vote.muted for vote in typed):
        urgency = urgency_in_doubt(question, votes, verdict)
        ask_one_more.ask(task=question.task, needed=min(len(typed) + 1, MOST_ANSWERS), urgency=urgency.value)


@Update
def ask_one_more():
    wanted = Greatest(F("wanted"), Given("needed"))
    changes = {"wanted": wanted, "maximum": Greatest(F("maximum"), wanted), "urgency": Given("urgency")}
    return Task.objects.open().filter(pk=Given("task")), changes


def urgency_in_doubt(question: Question, votes: Sequence[Vote], verdict: Verdict | None) -> Urgency:
    """Whether one more answer, if a newcomer says what leads, would probably settle the task."""
    if verdict is None:
        return Urgency.DOUBTFUL
    echo = Vote(votes[-1].answer + 1, 0, KINDS[question.kind].value_of(verdict), verdict.vote, None, 0, 0)
    then = weigh(question, [*votes, echo])
    assert then
    outcome = outcome_of(question, then, [*votes, echo])
    chance = chance_to_settle(verdict, then, outcome, echo.reliability(question.learned.newcomer))
    return Urgency.NEARLY if chance >= NEARLY else Urgency.DOUBTFUL


def settle(
    question: Question, votes: Sequence[Vote], verdict: Verdict, state: TaskState, at: datetime
) -> Settlement | None:
    """Write the decision and what it makes of the task; both statements travel together."""
    decision = record(question, verdict, state, len(votes), at)
    settled = settle_open.ask(task=question.task, state=state, settled_at=at)
    return settlement_of(question, votes, decision(), state, verdict.vote) if settled.count else None


@Update
def settle_open():
    latest = Decision.objects.filter(task=Given("task")).order_by("-number").values("pk")[:1]
    values = {"state": Given("state"), "settled_at": Given("settled_at"), "decision": Subquery(latest)}
    return Task.objects.open().filter(pk=Given("task")), values


def record(
    question: Question,
    verdict: Verdict,
    state: TaskState,
    answers: int,
    at: datetime,
    *,
    decided_by: DecidedBy = DecidedBy.RULE,
) -> Callable[[], int]:
    """Insert a decision; call what is returned to have its id."""
    parameters = dict(verdict.parameters)
    decided = state != TaskState.DISPUTED
    return NEW_DECISION.ask(
        project_id=question.project,
        task_id=question.task,
        number=next_number(question),
        state=state,
        value=KINDS[question.kind].value_of(verdict) if decided else None,
        vote=verdict.vote if decided else "",
        agreement=verdict.agreement,
        confidence=verdict.confidence,
        answers=answers,
        decided_by=decided_by,
        reason="",
        method=verdict.method,
        method_version=verdict.method_version,
        parameters=parameters,
        parameters_hash=hash_of(parameters),
        evidence=[[answer, weight] for answer, weight in verdict.weights],
        created_at=at,
    )


def next_number(question: Question) -> int:
    if question.decision is None:
        return 1
    return Decision.objects.filter(task=question.task).latest("number").number + 1


def hash_of(parameters: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:16]


def settlement_of(
    question: Question, votes: Sequence[Vote], decision: int, state: TaskState, winner: str
) -> Settlement:
    """Say who agrees; whoever chose among readings is told of the child task's own settlement."""
    heard = [vote for vote in typed_of(votes) if vote.share] if state != TaskState.DISPUTED else []
    return Settlement(
        task=question.task,
        project=question.project,
        decision=decision,
        state=state,
        agreeing=tuple((v.answer, v.volunteer) for v in heard if v.vote == winner),
        differing=tuple((v.answer, v.volunteer) for v in heard if v.vote != winner),
    )
