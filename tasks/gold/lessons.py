"""What a volunteer is told who read a known line otherwise: what it says, letter by letter, and nothing else."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from ..consensus.differences import differences, differing_words
from ..showing.recalling import said

MOST_WORDS = 5


def lesson_of(mine: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Return what the line says, with the parts in which a typed reading differs; JSON for the reply."""
    both_typed = "text" in mine and "text" in known
    here, there = (said(value) for value in (mine, known))
    return {
        "text": there,
        "written": "text" in known,
        "parts": side_by_side(here, there) if both_typed else [],
        "words": list(sentences(here, there)) if both_typed else [],
    }


def side_by_side(mine: str, decided: str) -> list[list[str]]:
    """Return both readings in parts; as one part each where they are not of the same line at all."""
    parts = [[part.mine, part.decided] for part in differences(mine, decided)]
    alike = sum(len(here) for here, there in parts if here == there)
    return parts if 2 * alike >= max(len(mine), len(decided)) else [[mine, decided]]


def sentences(mine: str, decided: str) -> Iterator[str]:
    """Say word by word what differs, for whoever hears instead of sees."""
    for word in differing_words(mine, decided)[:MOST_WORDS]:
        facts = {"number": word.number, "mine": word.mine, "decided": word.decided}
        if not word.mine:
            yield _("Word %(number)d: “%(decided)s” was missing.") % facts
        elif not word.decided:
            yield _("Word %(number)d: “%(mine)s” is not there.") % facts
        else:
            yield _("Word %(number)d: “%(decided)s”, not “%(mine)s”.") % facts
