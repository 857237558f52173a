"""Play a record of answers once more under another policy, as the loop would: task by task, answer by answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple, Protocol

from .ballots import Ballot, Verdict
from .policy import Outcome, Policy, judge

UNDECIDED = (Outcome.WAIT, Outcome.ONE_MORE)


class Cast(NamedTuple):
    """An answer of the record: who voted what (see ``Ballot``)."""

    volunteer: int
    vote: str
    reading: str = ""


type Record = Sequence[Sequence[Cast]]  # the answers of each task; nobody answers a task twice
type Merge = Callable[[Sequence[Ballot]], Verdict]


class Round(NamedTuple):
    """After ``answers`` of a task, ``choices`` people were asked which of their readings is right."""

    answers: int
    choices: int


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a task after ``answers`` of its answers; WAIT or ONE_MORE: the record has no more of them."""

    task: int
    outcome: Outcome
    answers: int
    vote: str
    reading: str
    confidence: float
    rounds: tuple[Round, ...] = ()

    @property
    def ran_out(self) -> bool:
        return self.outcome in UNDECIDED

    @property
    def choices(self) -> int:
        return sum(each.choices for each in self.rounds)

    @property
    def by_choosing(self) -> bool:
        """Whether what was chosen ended it."""
        return not self.ran_out and bool(self.rounds) and self.rounds[-1].answers == self.answers


class Learner(Protocol):
    """What is known of the volunteers while the record is played."""

    def reliability(self, volunteer: int) -> float: ...

    def see(self, casts: Sequence[Cast], played: Played) -> None:
        """Take in the answers that a task got and what became of it."""


class Asked(NamedTuple):
    """What a round of choosing brought beside ballots; ``in_vain``: those who were asked could not agree."""

    choices: int
    none_is_right: bool = False
    in_vain: bool = False


class Choosing(Protocol):
    """Others who are asked, for one task, which of its readings is right; ``ballots`` is what they said so far."""

    ballots: list[Ballot]

    def ask(self, casts: Sequence[Cast]) -> Asked | None:
        """Ask between the readings of the first answers; None: there is nothing to ask, or nobody."""


type Choosers = Callable[[int], Choosing]  # by task


def replay(
    record: Record, merge: Merge, policy: Policy, learner: Learner, chance: Random, choosers: Choosers | None = None
) -> Iterator[Played]:
    """Yield what becomes of each task; tasks come in random order, and so do the answers of each. Tasks without any
    are left out. With ``choosers`` the policy's ``adjudicate`` is played too."""
    for task in chance.sample(range(len(record)), len(record)):
        if not record[task]:
            continue
        casts = chance.sample(record[task], len(record[task]))
        choosing = choosers(task) if choosers and policy.adjudicate else None
        played = play(task, casts, learner, merge, policy, choosing)
        learner.see(casts[: played.answers], played)
        yield played


def play(
    task: int,
    casts: Sequence[Cast],
    learner: Learner,
    merge: Merge,
    policy: Policy,
    choosing: Choosing | None = None,
) -> Played:
    """Take one answer after the other until the policy is content or none is left."""
    ballots = ballots_of(casts, learner)
    rounds: list[Round] = []
    for answered in range(min(policy.minimum, len(ballots)), len(ballots) + 1):
        chosen = choosing.ballots if choosing else []
        verdict = merge([*ballots[:answered], *chosen])
        outcome = judge(verdict, answered, policy)
        if choosing and outcome is Outcome.ONE_MORE and (asked := choosing.ask(casts[:answered])):
            rounds.append(Round(answered, asked.choices))
            verdict = merge([*ballots[:answered], *choosing.ballots])
            outcome = after(asked, verdict, answered, policy)
        if outcome not in UNDECIDED:
            break
    return Played(task, outcome, answered, verdict.vote, verdict.reading, verdict.confidence, tuple(rounds))


def ballots_of(casts: Sequence[Cast], learner: Learner) -> list[Ballot]:
    return [
        Ballot(place, cast.vote, cast.reading, learner.reliability(cast.volunteer)) for place, cast in enumerate(casts)
    ]


def after(asked: Asked, verdict: Verdict, answered: int, policy: Policy) -> Outcome:
    """Return what becomes of a task once others have chosen."""
    outcome = judge(None if asked.none_is_right else verdict, answered, policy)
    return Outcome.DISPUTED if asked.in_vain and outcome is Outcome.ONE_MORE else outcome
