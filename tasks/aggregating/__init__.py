"""Merge any table of answers, also one from another platform, into one value per task."""

from collections.abc import Callable, Collection
from functools import partial

from ..consensus import Normalisation
from .choice import merge_choices
from .tables import Answers, BadTable, Gold, Merged
from .text import merge_texts

type Merge = Callable[[Answers, Gold], Merged]

KINDS: dict[str, Merge] = {"choice": merge_choices, "text": merge_texts}
IGNORED = ("case", "punctuation", "dates")

__all__ = [
    "IGNORED",
    "KINDS",
    "Answers",
    "BadTable",
    "Gold",
    "Merge",
    "Merged",
    "merge_ignoring",
    "normalisation_ignoring",
]


def merge_ignoring(kind: str, ignored: Collection[str]) -> Merge:
    """Return the merge of a kind; texts that differ in no more than what is ``ignored`` are the same. Labels are what
    they are: there nothing is ignored."""
    return partial(merge_texts, rules=normalisation_ignoring(ignored)) if kind == "text" else KINDS[kind]


def normalisation_ignoring(ignored: Collection[str]) -> Normalisation:
    """Dates differ in how they are written."""
    case, punctuation, dates = (one in ignored for one in IGNORED)
    return Normalisation(case, punctuation, dates)
