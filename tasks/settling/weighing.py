"""What the counted answers to a task say together: each with its voter's skill, weighed under the workflow's rules."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet, Subquery

from accounts.prepared import Given, Selection

from ..consensus import Ballot, Outcome, Policy, Verdict, estimate_reliability, judge
from ..consensus.reliability import USUAL
from ..consensus.tempering import UNTEMPERED, Temper
from ..kinds import KINDS, choose
from ..models import Answer, Fit, Task, Workflow
from .adjudicating import rounds_of

MUTED = 0.1  # of a full vote: who weighs less does not use up the policy, and never settles a task


@dataclass(frozen=True, slots=True)
class Learned:
    """What the latest fit of a workflow says: with which record a newcomer begins, and how far confidences hold."""

    newcomer: tuple[float, float] = USUAL
    temper: Temper = UNTEMPERED


NOTHING_LEARNED = Learned()


@dataclass(frozen=True, slots=True)
class Question:
    """A task as the consensus needs to know it.

    ``decision`` is the id of the decision that held so far, ``granted`` how many answers the task itself may have: more
    than the policy says where a reviewer reopened it, or where some of them weigh next to nothing. ``payload`` is what
    the task itself offers, ``parent`` the task that a question between readings is about.
    """

    task: int
    project: int
    workflow: int
    version: int
    kind: str
    schema: Mapping[str, Any]
    policy: Policy
    decision: int | None
    granted: int = 0
    learned: Learned = NOTHING_LEARNED
    payload: Mapping[str, Any] = field(default_factory=dict)
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Vote:
    """One counted answer with its voter's skill.

    ``right`` and ``wrong`` count answers to this workflow, ``checked`` known answers met; ``prior`` is the record
    elsewhere that goes before them, None for a newcomer. ``share`` of a full vote: how far the voter is trusted, times
    what the answer itself is worth. ``group`` is the ring of colluders that the voter belongs to, else the network of
    that day. ``chosen``: not typed, but chosen among readings in a child task; ``value`` and ``vote`` are then those of
    the reading.
    """

    answer: int
    volunteer: int
    value: dict[str, Any]
    vote: str
    group: bytes | None
    right: float
    wrong: float
    share: float = 1.0
    prior: tuple[float, float] | None = None
    checked: tuple[float, float] = (0.0, 0.0)
    chosen: bool = False

    @property
    def muted(self) -> bool:
        return self.share < MUTED

    def reliability(self, newcomer: tuple[float, float]) -> float:
        right, wrong = self.checked
        return estimate_reliability(self.right + right, self.wrong + wrong, self.prior or newcomer)

    def judged(self, right: float, wrong: float, prior: tuple[float, float] | None) -> "Vote":
        """Return the same vote of somebody with another record."""
        return replace(self, right=right, wrong=wrong, prior=prior)


def question_of(task: Task, learned: Learned | None = None) -> Question:
    version = task.version
    return Question(
        task=task.pk,
        project=task.project_id,
        workflow=task.workflow_id,
        version=version.pk,
        kind=version.kind,
        schema=version.schema,
        policy=version.rules,
        decision=task.decision,
        granted=task.maximum,
        learned=learned or learned_by(task.workflow_id),
        payload=task.payload,
        parent=task.parent_id,
    )


def learned_of(right: float | None, wrong: float | None, slope: float | None, intercept: float | None) -> Learned:
    """Return what the columns of a ``Fit`` say, each of them None where there has been no fit."""
    if slope is None or intercept is None:
        return NOTHING_LEARNED
    newcomer = USUAL if right is None or wrong is None else (right, wrong)
    return Learned(newcomer, Temper(slope, intercept))


def learned_by(workflow: int) -> Learned:
    columns = ("prior_right", "prior_wrong", "slope", "intercept")
    fit = Fit.objects.filter(workflow=workflow).values_list(*columns).first()
    return learned_of(*fit) if fit else NOTHING_LEARNED


def counted_votes(question: Question) -> list[Vote]:
    return ask_votes(question)()


def ask_votes(question: Question) -> Callable[[], list[Vote]]:
    """Ask for the counted votes; call what is returned to have them."""
    rows = votes_with_skills.ask(task=question.task, workflow=question.workflow)
    return lambda: with_choices(question, [vote_of(*row) for row in rows()])


def with_choices(question: Question, votes: list[Vote]) -> list[Vote]:
    if not rounds_of(question.payload):
        return votes
    return sorted([*votes, *chosen_votes(question)], key=lambda vote: vote.answer)


def chosen_votes(question: Question) -> list[Vote]:
    """Return what was chosen among the readings of a task, each answer as a vote for the reading.

    A round in which more people said “none of these” than chose any one reading says nothing for any of them.
    """
    rounds: dict[int, list[tuple[Vote, Mapping[str, Any]]]] = {}
    for child, payload, *row in choices_with_skills.rows(task=question.task, source=question.workflow):
        rounds.setdefault(child, []).append((vote_of(*row), payload))
    found = [as_reading(vote, payload) for votes in rounds.values() if not is_void(votes) for vote, payload in votes]
    return [vote for vote in found if vote]


def is_void(votes: Iterable[tuple[Vote, Mapping[str, Any]]]) -> bool:
    """Each counts for its share: whoever is muted, or came too fast, takes no choice from others."""
    said: dict[str | None, float] = defaultdict(float)
    for vote, payload in votes:
        said[choose.chosen_vote(vote.value, payload)] += vote.share
    none = said.pop(None, 0)
    return none > max(said.values(), default=0)


def typed_of(votes: Iterable[Vote]) -> list[Vote]:
    """Return the votes of the task's own answers: these alone use up its policy."""
    return [vote for vote in votes if not vote.chosen]


def as_reading(vote: Vote, payload: Mapping[str, Any]) -> Vote | None:
    value, said = choose.chosen(vote.value, payload), choose.chosen_vote(vote.value, payload)
    prior = vote.prior or USUAL  # how newcomers type says nothing about how they choose
    return replace(vote, value=value, vote=said, prior=prior, chosen=True) if value and said else None


def vote_of(
    answer: int,
    volunteer: int,
    value: dict[str, Any],
    vote: str,
    weight: float | None,
    network: bytes | None,
    right: float | None,
    wrong: float | None,
    trust: float | None,
    ring: bytes | None,
    prior_right: float | None,
    prior_wrong: float | None,
    checks_right: float | None,
    checks_wrong: float | None,
) -> Vote:
    """The voter has no skill yet, hence no trust lost and no ring, until something of theirs was settled."""
    group = ring or network
    share = (1.0 if weight is None else weight) * (1.0 if trust is None else trust)
    prior = None if prior_right is None or prior_wrong is None else (prior_right, prior_wrong)
    checked = checks_right or 0.0, checks_wrong or 0.0
    record = right or 0, wrong or 0
    return Vote(answer, volunteer, value, vote, bytes(group) if group else None, *record, share, prior, checked)


SKILL_COLUMNS = ("right", "wrong", "trust", "ring", "prior_right", "prior_wrong", "checks_right", "checks_wrong")


@Selection
def votes_with_skills():
    return with_skills(Answer.objects.filter(task=Given("task")), Given("workflow"))


@Selection
def choices_with_skills():
    hidden = Workflow.objects.filter(source_workflow=Given("source")).values("pk")[:1]
    rows = Answer.objects.filter(task__parent=Given("task"))
    return with_skills(rows, Subquery(hidden), "task", "task__payload")


def with_skills(answers: QuerySet[Answer], workflow: Any, *first: str) -> QuerySet[Any, tuple[Any, ...]]:
    """Select what ``vote_of`` takes of the counted ones, behind the columns named."""
    skill = FilteredRelation("volunteer__skills", condition=Q(volunteer__skills__workflow=workflow))
    rows = answers.filter(counted=True, withdrawn_at=None).annotate(skill=skill)
    of_voter = [f"skill__{column}" for column in SKILL_COLUMNS]
    return rows.values_list(*first, "id", "volunteer", "value", "vote", "weight", "grp", *of_voter).order_by("id")


def weigh(question: Question, votes: Sequence[Vote]) -> Verdict | None:
    kind, newcomer = KINDS[question.kind], question.learned.newcomer
    ballots = [
        Ballot(
            answer=vote.answer,
            vote=vote.vote,
            reading=kind.reading(vote.value),
            reliability=vote.reliability(newcomer),
            group=vote.group,
            share=vote.share,
            choices=choose.CHOICES if vote.chosen else None,
        )
        for vote in votes
    ]
    if not ballots:
        return None
    verdict = question.learned.temper.apply(kind.merge(ballots, question.schema))
    before = (("prior_right", newcomer[0]), ("prior_wrong", newcomer[1]))
    return replace(verdict, parameters=(*verdict.parameters, *before))


def outcome_of(question: Question, verdict: Verdict | None, votes: Sequence[Vote]) -> Outcome:
    typed = typed_of(votes)
    muted = sum(vote.muted for vote in typed)
    return judge(verdict, len(typed), question.policy, muted=muted, granted=question.granted)
