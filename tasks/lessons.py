"""What a volunteer is told who read a known line otherwise: what it says, letter by letter, and nothing else."""

from typing import Any

from .differences import differences, differing_words
from .recalling import said

MOST_WORDS = 5


def lesson_of(mine: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Return what the line says, with the parts in which a typed reading differs; JSON for the reply."""
    both_typed = "text" in mine and "text" in known
    here, there = (said(value) for value in (mine, known))
    return {
        "text": there,
        "written": "text" in known,
        "parts": [[part.mine, part.decided] for part in differences(here, there)] if both_typed else [],
        "words": [
            [word.number, word.mine, word.decided] for word in differing_words(here, there)[:MOST_WORDS] if both_typed
        ],
    }
