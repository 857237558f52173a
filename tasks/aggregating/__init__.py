"""Merge any table of answers, also one from another platform, into one value per task."""

from collections.abc import Callable

from .choice import merge_choices
from .tables import Answers, BadTable, Gold, Merged
from .text import merge_texts

type Merge = Callable[[Answers, Gold], Merged]

KINDS: dict[str, Merge] = {"choice": merge_choices, "text": merge_texts}

__all__ = ["KINDS", "Answers", "BadTable", "Gold", "Merge", "Merged"]
