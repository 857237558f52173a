"""What every kind also takes: ``{"unreadable": true}`` and ``{"blank": true}``."""

from typing import Any

from django.utils.translation import gettext as _

from ..consensus import BLANK, UNREADABLE
from ..errors import MalformedValue

MARKS = {"unreadable": UNREADABLE, "blank": BLANK}
VALUES = {vote: {name: True} for name, vote in MARKS.items()}


def clean_mark(value: object) -> dict[str, Any] | None:
    """Return the mark that a value is, None for any other value. Raises ``MalformedValue`` for what is no object."""
    if not isinstance(value, dict):
        raise MalformedValue(_("An answer's value is an object, for example {“unreadable”: true}."))
    for name in MARKS:
        if name in value:
            if value[name] is not True or len(value) > 1:
                raise MalformedValue(_("“%(name)s” stands alone and is true.") % {"name": name})
            return {name: True}
    return None


def mark_vote(value: dict[str, Any]) -> str | None:
    return next((vote for name, vote in MARKS.items() if name in value), None)
