"""What moved is told to the sockets of batches, at most twice a second, by the sweeper alone.

Redis only carries the news: while it is down nothing waits, and each web process looks into the database by itself.
"""

import logging
import time
from collections.abc import Iterable

from asgiref.sync import async_to_sync

from tasks.machinery.relaying import announce

from .progress import Progress, moving, progress_of

logger = logging.getLogger(__name__)

GROUP = "batches"  # one for all of them: each web process listens once and tells its own sockets
PAUSE = 2.0  # seconds after a failure until Redis is tried again


class Announcer:
    """Remembers what was told last of each batch that moves; one that stops moving is told of once more."""

    def __init__(self) -> None:
        self.told: dict[int, Progress] = {}
        self.silent_until = 0.0  # on the monotonic clock

    def announce(self) -> int:
        """Tell of the batches that moved since; return how many."""
        if time.monotonic() < self.silent_until:
            return 0
        now = progress_of({*moving(), *self.told})
        changed = [progress for number, progress in now.items() if self.told.get(number) != progress]
        if changed and not self.tell(changed):
            return 0
        still = set(moving())
        self.told = {number: progress for number, progress in now.items() if number in still}
        return len(changed)

    def tell(self, changed: Iterable[Progress]) -> bool:
        try:
            async_to_sync(send)(changed)
        except Exception as error:
            self.silent_until = time.monotonic() + PAUSE
            logger.debug("the progress of batches cannot be announced: %s", type(error).__name__)
            return False
        return True


async def send(changed: Iterable[Progress]) -> None:
    """Send within ``REDIS_TIMEOUT``, or raise."""
    await announce(GROUP, [{"type": "batch.moved", "progress": progress.message} for progress in changed])
