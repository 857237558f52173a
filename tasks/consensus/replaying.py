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


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a task after ``answers`` of its answers; WAIT or ONE_MORE: the record has no more of them."""

    task: int
    outcome: Outcome
    answers: int
    vote: str
    reading: str
    confidence: float

    @property
    def ran_out(self) -> bool:
        return self.outcome in UNDECIDED


class Learner(Protocol):
    """What is known of the volunteers while the record is played."""

    def reliability(self, volunteer: int) -> float: ...

    def see(self, casts: Sequence[Cast], played: Played) -> None:
        """Take in the answers that a task got and what became of it."""


def replay(record: Record, merge: Merge, policy: Policy, learner: Learner, chance: Random) -> Iterator[Played]:
    """Yield what becomes of each task; tasks come in random order, and so do the answers of each. Tasks without any
    are left out."""
    for task in chance.sample(range(len(record)), len(record)):
        if not record[task]:
            continue
        casts = chance.sample(record[task], len(record[task]))
        played = play(task, casts, learner, merge, policy)
        learner.see(casts[: played.answers], played)
        yield played


def play(task: int, casts: Sequence[Cast], learner: Learner, merge: Merge, policy: Policy) -> Played:
    """Take one answer after the other until the policy is content or none is left."""
    ballots = [
        Ballot(place, cast.vote, cast.reading, learner.reliability(cast.volunteer)) for place, cast in enumerate(casts)
    ]
    for answered in range(min(policy.minimum, len(ballots)), len(ballots) + 1):
        verdict = merge(ballots[:answered])
        outcome = judge(verdict, answered, policy)
        if outcome not in UNDECIDED:
            break
    return Played(task, outcome, answered, verdict.vote, verdict.reading, verdict.confidence)
