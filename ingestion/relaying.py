"""What the sweeper announces reaches the sockets of this process: one listener for all of them.

Every few seconds the relay also looks into the database, so that nothing is behind for longer when Redis is away.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

from .announcing import GROUP
from .progress import progress_of

logger = logging.getLogger(__name__)

SOCKETS = 500  # in one process: these are people of archives
LOOK = 3.0  # seconds between two looks into the database
LONGEST_PAUSE = 16.0  # seconds between two tries to reach Redis

Tell = Callable[[dict[str, Any] | None], Awaitable[None]]


class TooManySockets(Exception):
    """This process holds as many sockets as it may."""


class Relay:
    """Knows the sockets of one event loop by batch, each with what it was told last."""

    _relays: dict[asyncio.AbstractEventLoop, "Relay"] = {}

    def __init__(self) -> None:
        self.sockets: dict[int, dict[Tell, dict[str, Any]]] = defaultdict(dict)
        self.tasks: list[asyncio.Task[None]] = []
        self.subscribed = asyncio.Event()

    @classmethod
    def of_this_loop(cls) -> "Relay":
        cls._relays = {loop: relay for loop, relay in cls._relays.items() if not loop.is_closed()}
        return cls._relays.setdefault(asyncio.get_running_loop(), cls())

    async def join(self, batch: int, tell: Tell) -> None:
        """Tell the socket how far the batch is, now and at each change. Raises ``TooManySockets``."""
        if sum(map(len, self.sockets.values())) >= SOCKETS:
            raise TooManySockets
        self.sockets[batch][tell] = {}  # before the state is read: what comes in between is not missed
        if not self.tasks:
            self.tasks = [asyncio.create_task(self.listen()), asyncio.create_task(self.keep_looking())]
        await self.look([batch])

    def leave(self, batch: int, tell: Tell) -> None:
        self.sockets[batch].pop(tell, None)
        if not self.sockets[batch]:
            del self.sockets[batch]

    async def hear(self, batch: int, message: dict[str, Any] | None) -> None:
        """Tell the sockets of a batch that do not know this yet; None: the batch is gone."""
        for tell, told in list(self.sockets.get(batch, {}).items()):
            if message == told:
                continue
            if message is None:
                self.leave(batch, tell)
            else:
                self.sockets[batch][tell] = message
            try:
                await tell(message)
            except Exception as error:
                logger.debug("a socket of batch %s went away: %s", batch, type(error).__name__)
                self.leave(batch, tell)

    async def look(self, batches: list[int]) -> None:
        found = await database_sync_to_async(progress_of)(batches)
        for batch in batches:
            await self.hear(batch, found[batch].message if batch in found else None)

    async def keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            try:
                if batches := list(self.sockets):
                    await self.look(batches)
            except Exception:
                logger.exception("the progress of batches cannot be read; it is looked up again")

    async def listen(self) -> None:
        """Pass on what the sweeper announces."""
        layer = get_channel_layer()
        channel = await self.subscribe(layer)
        while True:
            progress = (await layer.receive(channel))["progress"]
            await self.hear(progress["batch"], progress)

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
                logger.debug("Redis cannot be reached (%s): batches follow the database", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
