"""What a PDF says is written on its page: put beside the lines that were found, as suggestions.

The lines themselves are always looked for in the picture: a text layer may hold a watermark and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .layout import Line, tidy

LONGEST = 500  # characters of a suggestion


@dataclass(frozen=True)
class Said:
    """A run of text and its box, in pixels of the drawn page."""

    left: float
    upper: float
    right: float
    lower: float
    text: str

    def lies_in(self, line: Line) -> bool:
        x, y = (self.left + self.right) / 2, (self.upper + self.lower) / 2
        return line.x <= x <= line.x + line.width and line.y <= y <= line.y + line.height


def suggest(lines: Sequence[Line], said: Sequence[Said]) -> list[Line]:
    """Return the lines with the text whose middle lies in them, from left to right."""
    return [replace(line, text=text_in(line, said)) for line in lines]


def text_in(line: Line, said: Sequence[Said]) -> str:
    inside = sorted((run for run in said if run.lies_in(line)), key=lambda run: run.left)
    return tidy(" ".join(run.text for run in inside))[:LONGEST]
