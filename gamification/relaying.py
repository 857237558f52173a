"""What the sweeper announces reaches the sockets of this process: one listener for all of them.

The announcement through Redis is only the fast way. Every few seconds the relay also looks into the database, so
that a board is never behind for longer, whatever happens to Redis.
"""

import asyncio
import json
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

from .announcing import GROUP
from .boards import versions_of

logger = logging.getLogger(__name__)

SOCKETS = 5000  # in one process
LOOK = 4.0  # seconds between two looks into the database
LONGEST_PAUSE = 16.0  # seconds between two tries to reach Redis

QUIET = 60.0  # seconds between two lines of the log about the same outage

MANY = 50  # sockets of a board in this process, from which on their browsers share out when they fetch
SHARE = 20  # ms for each socket beyond: a table costs some 3 ms, and answering comes first
LONGEST_SPREAD = 10_000  # ms

Tell = Callable[[str | None], Awaitable[None]]


def message_of(board: str, version: int, sockets: int) -> str:
    """Return the words for all sockets of a board, made once; ``spread`` stands in them where there are many."""
    message: dict[str, str | int] = {"board": board, "version": version}
    if sockets > MANY:
        message["spread"] = min((sockets - MANY) * SHARE, LONGEST_SPREAD)
    return json.dumps(message)


class TooManySockets(Exception):
    """This process holds as many sockets as it may."""


class OneLine(logging.Filter):
    """channels_redis logs a traceback each second while Redis is away: leave one line of it, now and then."""

    silent_until = 0.0  # on the monotonic clock

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1]:
            if time.monotonic() < self.silent_until:
                return False
            self.silent_until = time.monotonic() + QUIET
            record.msg, record.args = "Redis cannot be heard (%s)", (type(record.exc_info[1]).__name__,)
            record.exc_info = None
        return True


logging.getLogger("channels_redis.pubsub").addFilter(OneLine())


class Relay:
    """Knows the sockets of one event loop by board, each with the last version that it was told."""

    _relays: dict[asyncio.AbstractEventLoop, "Relay"] = {}

    def __init__(self) -> None:
        self.sockets: dict[str, dict[Tell, int]] = defaultdict(dict)
        self.tasks: list[asyncio.Task[None]] = []
        self.subscribed = asyncio.Event()

    @classmethod
    def of_this_loop(cls) -> "Relay":
        cls._relays = {loop: relay for loop, relay in cls._relays.items() if not loop.is_closed()}
        return cls._relays.setdefault(asyncio.get_running_loop(), cls())

    async def join(self, board: str, tell: Tell) -> bool:
        """Tell the socket the current version and each later one; return whether there is such a board.

        Raises ``TooManySockets``.
        """
        if sum(map(len, self.sockets.values())) >= SOCKETS:
            raise TooManySockets
        self.sockets[board][tell] = -1  # before the version is read: what comes in between is not missed
        versions: dict[str, int] = {}
        try:
            versions = await database_sync_to_async(versions_of)([board])
        finally:
            if board not in versions:
                self.leave(board, tell)
        if board not in versions:
            return False
        if not self.tasks:
            self.tasks = [asyncio.create_task(self.listen()), asyncio.create_task(self.look())]
        await self.hear(board, versions[board])
        return True

    def leave(self, board: str, tell: Tell) -> None:
        self.sockets[board].pop(tell, None)
        if not self.sockets[board]:
            del self.sockets[board]

    async def hear(self, board: str, version: int | None) -> None:
        """Tell those sockets of a board that do not know this version yet; None: the board is gone."""
        sockets = list(self.sockets.get(board, {}).items())
        message = None if version is None else message_of(board, version, len(sockets))
        for tell, told in sockets:
            if version is None or version > told:
                await self.pass_on(board, tell, version, message)

    async def pass_on(self, board: str, tell: Tell, version: int | None, message: str | None) -> None:
        if version is None:
            self.leave(board, tell)
        elif tell in self.sockets.get(board, {}):
            self.sockets[board][tell] = version
        try:
            await tell(message)
        except Exception as error:
            logger.debug("a socket of board %s went away: %s", board, type(error).__name__)
            self.leave(board, tell)

    async def listen(self) -> None:
        """Pass on what the sweeper announces."""
        layer = get_channel_layer()
        channel = await self.subscribe(layer)
        while True:
            message: Mapping[str, Any] = await layer.receive(channel)
            await self.hear(message["board"], message["version"])

    async def subscribe(self, layer: Any) -> str:
        """Try until Redis takes the subscription. Later losses are mended by the channel layer itself."""
        pause = 1.0
        while True:
            try:
                async with asyncio.timeout(settings.REDIS_TIMEOUT):
                    channel = await layer.new_channel()
                    await layer.group_add(GROUP, channel)
                self.subscribed.set()
                return str(channel)
            except Exception as error:
                logger.warning("Redis cannot be reached (%s): boards follow the database", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def look(self) -> None:
        """Catch up with the database now and then, and close the sockets of boards that are no longer public."""
        while True:
            await asyncio.sleep(LOOK)
            boards = list(self.sockets)
            if not boards:
                continue
            try:
                versions = await database_sync_to_async(versions_of)(boards)
            except Exception:
                logger.exception("the versions of the boards cannot be read; they are looked up again")
                continue
            for board in boards:
                await self.hear(board, versions.get(board))
