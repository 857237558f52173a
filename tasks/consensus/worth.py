"""What one more answer to a task in doubt is worth."""

from .ballots import Verdict
from .policy import Outcome

NEARLY = 0.25  # a chance of settling from which a task goes before others in doubt


def chance_to_settle(now: Verdict, then: Verdict, outcome: Outcome, reliability: float) -> float:
    """Return the probability, in [0, 1], that the next answer settles the task.

    ``then`` and ``outcome`` are what would be made of the task if that answer were the leader's value again. Somebody
    right with the probability ``reliability`` says it if the leader is right and so are they: confidence times
    reliability, for two people seldom make the same mistake. This is the gain per answer, in tasks; 0 where even an
    answer that agrees leaves a doubt.
    """
    settles = then.vote == now.vote and outcome in (Outcome.AGREED, Outcome.UNREADABLE)
    return now.confidence * reliability if settles else 0.0
