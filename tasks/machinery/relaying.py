"""What is announced reaches the sockets of this process: one listener for all of them.

The announcement through Redis is only the fast way. Every few seconds the relay also looks into the database, so that
nothing is behind for longer, whatever happens to Redis.
"""

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, ClassVar, Self

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 16.0  # seconds between two tries to reach Redis
QUIET = 60.0  # seconds between two lines of the log about the same outage

Tell = Callable[[str | None], Awaitable[None]]


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


async def announce(group: str, messages: Iterable[Mapping[str, Any]]) -> None:
    """Send to all relays of the group within ``REDIS_TIMEOUT``, or raise."""
    async with asyncio.timeout(settings.REDIS_TIMEOUT):
        layer = get_channel_layer()
        for message in messages:
            await layer.group_send(group, message)


class Relay[Topic, News](ABC):
    """Knows the sockets of one event loop by topic, each with the news that it was told last."""

    GROUP: ClassVar[str]
    SOCKETS: ClassVar[int]  # in one process
    LOOK: ClassVar[float]  # seconds between two looks into the database
    OUTAGE: ClassVar[int] = logging.WARNING  # how loudly it is said that Redis cannot be reached

    _relays: ClassVar[dict[asyncio.AbstractEventLoop, Any]]

    def __init_subclass__(cls) -> None:
        cls._relays = {}

    def __init__(self) -> None:
        self.sockets: dict[Topic, dict[Tell, News | None]] = defaultdict(dict)
        self.tasks: list[asyncio.Task[None]] = []
        self.subscribed = asyncio.Event()

    @classmethod
    def of_this_loop(cls) -> Self:
        cls._relays = {loop: relay for loop, relay in cls._relays.items() if not loop.is_closed()}
        return cls._relays.setdefault(asyncio.get_running_loop(), cls())

    @abstractmethod
    def read(self, topics: list[Topic]) -> Mapping[Topic, News]:
        """Look the news up in the database, of those topics that there are."""

    @abstractmethod
    def read_message(self, message: Mapping[str, Any]) -> tuple[Topic, News]:
        """Return what an announcement says."""

    @abstractmethod
    def words(self, topic: Topic, news: News, sockets: int) -> str:
        """Return what so many sockets are told, made once for all of them."""

    def is_new(self, news: News, told: News | None) -> bool:
        return news != told

    async def join(self, topic: Topic, tell: Tell) -> bool:
        """Tell the socket the news of now and all later ones; return whether there is such a topic.

        Raises ``TooManySockets``.
        """
        if sum(map(len, self.sockets.values())) >= self.SOCKETS:
            raise TooManySockets
        self.sockets[topic][tell] = None  # before the news are read: what comes in between is not missed
        found: Mapping[Topic, News] = {}
        try:
            found = await database_sync_to_async(self.read)([topic])
        finally:
            if topic not in found:
                self.leave(topic, tell)
        if topic not in found:
            return False
        if not self.tasks:
            self.tasks = [asyncio.create_task(self.listen()), asyncio.create_task(self.keep_looking())]
        await self.hear(topic, found[topic])
        return True

    def leave(self, topic: Topic, tell: Tell) -> None:
        self.sockets[topic].pop(tell, None)
        if not self.sockets[topic]:
            del self.sockets[topic]

    async def hear(self, topic: Topic, news: News | None) -> None:
        """Tell those sockets of a topic that do not know this yet; None: the topic is gone."""
        sockets = list(self.sockets.get(topic, {}).items())
        message = None if news is None else self.words(topic, news, len(sockets))
        for tell, told in sockets:
            if news is None or self.is_new(news, told):
                await self.pass_on(topic, tell, news, message)

    async def pass_on(self, topic: Topic, tell: Tell, news: News | None, message: str | None) -> None:
        if news is None:
            self.leave(topic, tell)
        elif tell in self.sockets.get(topic, {}):
            self.sockets[topic][tell] = news
        try:
            await tell(message)
        except Exception as error:
            logger.debug("a socket of %s %s went away: %s", self.GROUP, topic, type(error).__name__)
            self.leave(topic, tell)

    async def listen(self) -> None:
        """Pass on what is announced."""
        layer = get_channel_layer()
        channel = await self.subscribe(layer)
        while True:
            await self.hear(*self.read_message(await layer.receive(channel)))

    async def subscribe(self, layer: Any) -> str:
        """Try until Redis takes the subscription. Later losses are mended by the channel layer itself."""
        pause = 1.0
        while True:
            try:
                async with asyncio.timeout(settings.REDIS_TIMEOUT):
                    channel = await layer.new_channel()
                    await layer.group_add(self.GROUP, channel)
                self.subscribed.set()
                return str(channel)
            except Exception as error:
                words = "Redis cannot be reached (%s): %s follow the database"
                logger.log(self.OUTAGE, words, type(error).__name__, self.GROUP)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def keep_looking(self) -> None:
        """Catch up with the database now and then, and close the sockets of topics that are no longer there."""
        while True:
            await asyncio.sleep(self.LOOK)
            topics = list(self.sockets)
            if not topics:
                continue
            try:
                found = await database_sync_to_async(self.read)(topics)
            except Exception:
                logger.exception("the news of %s cannot be read; they are looked up again", self.GROUP)
                continue
            for topic in topics:
                await self.hear(topic, found.get(topic))
