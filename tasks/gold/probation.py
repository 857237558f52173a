"""How often somebody is asked what is known: always at first, and less and less as they prove themselves."""

import random
from dataclasses import dataclass

AT_FIRST = 5  # whoever comes new to a question begins with lines that are known
LEAST_SHARE = 0.05
HALF_AFTER = 5  # checks passed, when every second line is one
LONGEST_PAUSE = 3  # times the usual pause: luck alone keeps nobody from being checked
COUNTED_TO = 10_000


@dataclass(frozen=True, slots=True)
class Probation:
    """What decides how often somebody is checked: ``met`` counts checks answered or held, ``passed`` those answered
    right, ``since`` the lines of work leased since the last one. ``possible``: something is known of this question."""

    possible: bool = False
    met: int = 0
    passed: int = 0
    since: int = 0

    @property
    def share(self) -> float:
        return max(LEAST_SHARE, 1 / (1 + self.passed / HALF_AFTER))

    def due(self, count: int) -> int:
        """Return how many of the next ``count`` lines are to be known ones; chance decides of each."""
        return sum(self.is_due(place) for place in range(count)) if self.possible else 0

    def is_due(self, place: int) -> bool:
        if self.met + place < AT_FIRST:
            return True
        return random.random() < self.share or (self.since + place) * self.share >= LONGEST_PAUSE

    def since_after(self, checks: int, work: int) -> int:
        return 0 if checks else min(self.since + work, COUNTED_TO)
