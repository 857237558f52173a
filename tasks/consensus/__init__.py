"""The consensus: pure maths on strings and numbers, recomputable by anyone from what a release holds."""

from .ballots import BLANK, UNREADABLE, Ballot, Verdict, is_said, said, text_of
from .choice import weigh_choices
from .normalisation import EXACT, Normalisation, fold, normalise
from .policy import MOST_ANSWERS, Outcome, Policy, judge
from .reliability import estimate_reliability
from .text import merge_readings
from .worth import NEARLY, chance_to_settle

__all__ = [
    "BLANK",
    "EXACT",
    "MOST_ANSWERS",
    "NEARLY",
    "UNREADABLE",
    "Ballot",
    "Normalisation",
    "Outcome",
    "Policy",
    "Verdict",
    "chance_to_settle",
    "estimate_reliability",
    "fold",
    "is_said",
    "judge",
    "merge_readings",
    "normalise",
    "said",
    "text_of",
    "weigh_choices",
]
