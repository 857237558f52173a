"""What a usual crowd needs: simulated people who read specimen cards (``benchmarks/usual_crowd.py``)."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..consensus import Policy
from .forecasting import Prediction

TABLE = Path(__file__).with_name("usual_crowd.json")
CHOOSING = "transcribe, choosing"  # where others are asked which reading is right
MINIMUMS, MOST = range(1, 6), 10
CONFIDENCES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)


@cache
def table() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TABLE.read_text())
    return found


def predict_usual(kind: str, policy: Policy) -> Prediction:
    """Return what the table says; between its confidences the stricter one counts. It has at most ``MOST`` answers a
    task, and where more are asked at least than it has, everything is settled by as many answers later."""
    minimum = min(policy.minimum, MINIMUMS[-1])
    later = policy.minimum - minimum
    most = min(policy.maximum - later, MOST)
    row = row_for(kind, policy, minimum)
    typed = Ends.up_to(most, row["settled"], row["wrong"])
    chosen = Ends.up_to(most - 1, row.get("chosen", []), row.get("chosen_wrong", []))  # the last answer asks nobody
    vain = Ends.up_to(most - 1, row.get("in_vain", []), [])
    done = typed.share + chosen.share
    spent = typed.answers + chosen.answers + vain.answers + most * (1 - done - vain.share)
    error = (typed.wrong + chosen.wrong) / done if done else None
    choices = sum(row.get("choices", [])[: most - 1])
    return Prediction(later + spent, done, 1 - done, 0, 0, error, None, measured=True, choices=choices)


def row_for(kind: str, policy: Policy, minimum: int) -> Any:
    at = next((each for each in CONFIDENCES if each >= policy.confidence), CONFIDENCES[-1])
    sure = CONFIDENCES[0] if policy.maximum == 1 else at
    return table()[CHOOSING if policy.adjudicate else kind][str(minimum)][f"{sure:g}"]


@dataclass(frozen=True)
class Ends:
    """A ``share`` of all lines that ends in one way, the ``answers`` it takes of all lines, and the share ``wrong``."""

    share: float
    answers: float
    wrong: float

    @classmethod
    def up_to(cls, most: int, shares: list[float], wrong: list[float]) -> "Ends":
        some = shares[:most]
        return cls(sum(some), sum(answers * share for answers, share in enumerate(some, 1)), sum(wrong[:most]))
