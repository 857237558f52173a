"""What a usual crowd needs: simulated people who read specimen cards (``benchmarks/usual_crowd.py``)."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from ..consensus import Policy
from .forecasting import Prediction

TABLE = Path(__file__).with_name("usual_crowd.json")
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
    at = next((each for each in CONFIDENCES if each >= policy.confidence), CONFIDENCES[-1])
    row = table()[kind][str(minimum)][f"{CONFIDENCES[0] if policy.maximum == 1 else at:g}"]
    most = min(policy.maximum - later, MOST)
    settled, wrong = row["settled"][:most], row["wrong"][:most]
    done = sum(settled)
    spent = sum(answers * share for answers, share in enumerate(settled, 1)) + most * (1 - done)
    error = sum(wrong) / done if done else None
    return Prediction(later + spent, done, 1 - done, 0, 0, error, None, measured=True)
