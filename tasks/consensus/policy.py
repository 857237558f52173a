"""When a task has been answered often enough."""

from dataclasses import dataclass
from enum import Enum

from .ballots import UNREADABLE, Verdict

MOST_ANSWERS = 50


class Outcome(Enum):
    """What becomes of a task after an answer."""

    WAIT = "wait"  # fewer answers than the minimum
    ONE_MORE = "one more"  # in doubt, and another volunteer may still be asked
    AGREED = "agreed"
    UNREADABLE = "unreadable"
    DISPUTED = "disputed"  # in doubt after the maximum: a reviewer decides


@dataclass(frozen=True, slots=True)
class Policy:
    """How many answers a workflow asks for, and how sure it must be to stop.

    ``minimum`` and ``maximum`` count answers (1 to 50); ``confidence`` is the posterior, in (0, 1), at which a task
    settles. With ``adjudicate``, others are asked which one is right where two or three readings compete. Raises
    ``ValueError`` with a sentence for whoever typed the numbers.
    """

    minimum: int = 2
    maximum: int = 5
    confidence: float = 0.9
    adjudicate: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.minimum <= self.maximum <= MOST_ANSWERS:
            raise ValueError(
                f"Ask for at least 1 and at most {MOST_ANSWERS} answers, the minimum no higher than the maximum; "
                f"{self.minimum} to {self.maximum} does not fit."
            )
        if not 0 < self.confidence < 1:
            raise ValueError(f"The confidence lies between 0 and 1, for instance 0.9; {self.confidence} does not fit.")

    def most(self, muted: int = 0, granted: int = 0) -> int:
        """Return how many answers a task may have: one more for each that is ``muted``, and no fewer than were
        ``granted`` it."""
        return min(max(self.maximum + muted, granted), MOST_ANSWERS)


def judge(verdict: Verdict | None, answered: int, policy: Policy, *, muted: int = 0, granted: int = 0) -> Outcome:
    """Return what becomes of a task with ``answered`` counted answers; ``verdict`` is None before the first.

    ``muted`` of them weigh next to nothing and do not use up the policy: others are asked instead. ``granted`` is what
    a reviewer let the task have beyond the policy's maximum.

    A policy of exactly one answer has chosen to believe it, however sure the model is: there is nobody else to ask,
    and sending every such task to a reviewer would make the policy mean the opposite. The verdict keeps its honest
    confidence. "Nothing is written here" is a value and agreed upon like one; "I cannot read it" leaves none.
    """
    most = policy.most(muted, granted)
    if verdict is None or answered - muted < policy.minimum:
        return Outcome.WAIT if answered < most else Outcome.DISPUTED
    if verdict.confidence >= policy.confidence or most == 1 + muted:
        return Outcome.UNREADABLE if verdict.vote == UNREADABLE else Outcome.AGREED
    return Outcome.ONE_MORE if answered < most else Outcome.DISPUTED
