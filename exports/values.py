"""Values as they stand in one cell of a table."""

import json
from typing import Any

from tasks.kinds.choose import NONE

MARKS = ("blank", "unreadable")
COMPACT = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def mark_of(value: dict[str, Any] | None) -> str:
    """Return which mark a value is, the empty string for any other value and for none."""
    if value:
        for mark in (*MARKS, NONE):
            if mark in value:
                return mark
    return ""


def cell_of(value: dict[str, Any] | None) -> str:
    """Return what a value says: the text, ``true`` or ``false``, else JSON; empty for a mark and for no value."""
    if not value or mark_of(value):
        return ""
    said = next(iter(value.values())) if len(value) == 1 else value
    return said if isinstance(said, str) else compact(said)


def compact(value: object) -> str:
    """Return JSON without spaces, keys in order: equal values give equal bytes."""
    return COMPACT.encode(value)


def number(value: float) -> str:
    """Return a share or a probability with six decimals."""
    return f"{value:.6f}"


def weight(value: float | None) -> str:
    """Return a weight with six decimals, as it was used."""
    return "" if value is None else number(value)


def yes_or_no(value: bool) -> str:
    return "true" if value else "false"
