"""What changed is told to the sockets: at most one message per board and look. Redis only carries the news.

Nothing waits for it: a Redis that is down or hung costs half a second every few seconds, and when it is back the boards
that changed meanwhile are announced.
"""

import logging
import time
from collections.abc import Mapping

from asgiref.sync import async_to_sync

from tasks.machinery.relaying import announce
from tasks.models import Project

from .boards import ALL, PROJECT
from .models import EVERYONE, BoardVersion

logger = logging.getLogger(__name__)

GROUP = "boards"  # one for all of them: each web process listens once and tells its own sockets
PAUSE = 2.0  # seconds after a failure until Redis is tried again


class Announcer:
    """Remembers the versions that the sockets have been told."""

    def __init__(self) -> None:
        self.told: dict[int, int] = {}
        self.silent_until = 0.0  # on the monotonic clock
        self.failing = False

    def announce(self) -> int:
        """Tell of the boards that changed since they were last told of; return how many were told of."""
        if time.monotonic() < self.silent_until:
            return 0
        changed = {
            board: version
            for board, version in BoardVersion.objects.values_list("board", "version")
            if self.told.get(board) != version
        }
        if not changed:
            return 0
        return self.tell(changed)

    def tell(self, changed: Mapping[int, int]) -> int:
        slugs = slugs_of(changed)
        try:
            async_to_sync(send)([(slugs[board], version) for board, version in changed.items() if board in slugs])
        except Exception as error:
            self.note_failure(error)
            return 0
        if self.failing:
            logger.info("Redis is back: %s boards announced", len(changed))
        self.failing = False
        self.told |= changed
        return len(changed)

    def note_failure(self, error: Exception) -> None:
        self.silent_until = time.monotonic() + PAUSE
        if not self.failing:
            logger.warning("boards cannot be announced (%s); they go on and are announced later", type(error).__name__)
        self.failing = True


def slugs_of(boards: Mapping[int, int]) -> dict[int, str]:
    projects = Project.objects.public().filter(pk__in=boards).values_list("pk", "slug")
    return {EVERYONE: ALL} | {project: PROJECT + slug for project, slug in projects}


async def send(changed: list[tuple[str, int]]) -> None:
    """Send within ``REDIS_TIMEOUT``, or raise."""
    messages = [{"type": "board.changed", "board": board, "version": version} for board, version in changed]
    await announce(GROUP, messages)
