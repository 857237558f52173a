"""What the sweeper does again and again, so that a lost job, an expired lease or an empty Redis only delays.

An app registers its chores in a module ``chores.py`` that its ``AppConfig.ready`` imports.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Chore:
    """``work`` takes nothing, may run twice at once without harm and returns how many things it did."""

    name: str
    every: timedelta
    work: Callable[[], int]


CHORES: dict[str, Chore] = {}


def chore(every: timedelta) -> Callable[[Callable[[], int]], Callable[[], int]]:
    """Register a function as a chore of the sweeper."""

    def register(work: Callable[[], int]) -> Callable[[], int]:
        name = f"{work.__module__.partition('.')[0]}.{work.__name__}"
        CHORES[name] = Chore(name, every, work)
        return work

    return register
