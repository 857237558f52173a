"""A socket that brings the news of one topic, as its relay has them. Nothing goes the other way."""

import time
from collections import deque
from typing import Any, ClassVar

from channels.generic.websocket import AsyncWebsocketConsumer

from .relaying import Relay, TooManySockets

# A server's application closes with a code of its own, from 4000 on: Daphne refuses 1008 and 1013 as reserved.
NOTHING_HERE, TOO_MUCH, TRY_LATER = 4404, 4008, 4013
LONGEST = 1024  # bytes of a message that is still ignored; nobody has a reason to send any
MESSAGES, SECONDS = 5, 1.0


class NewsSocket(AsyncWebsocketConsumer):
    """``TOPIC`` names the part of the address that says of what."""

    RELAY: ClassVar[type[Relay[Any, Any]]]
    TOPIC: ClassVar[str]
    channel_layer_alias = "none"  # the relay listens for the whole process; a socket needs no Redis of its own

    async def connect(self) -> None:
        self.heard: deque[float] = deque(maxlen=MESSAGES)
        self.topic = self.scope["url_route"]["kwargs"][self.TOPIC]
        self.closing = False
        self.relay = self.RELAY.of_this_loop()
        await self.accept()
        if not await self.may_listen():
            await self.end(NOTHING_HERE)
            return
        try:
            known = await self.relay.join(self.topic, self.tell)
        except TooManySockets:
            await self.end(TRY_LATER)
            return
        if not known:
            await self.end(NOTHING_HERE)

    async def may_listen(self) -> bool:
        return True

    async def tell(self, message: str | None) -> None:
        """Pass a message on; None says that the topic is no longer there."""
        if message is None:
            await self.end(NOTHING_HERE)
        else:
            await self.send(message)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        now = time.monotonic()
        flooding = len(self.heard) == MESSAGES and now - self.heard[0] < SECONDS
        self.heard.append(now)
        if flooding or len(bytes_data or (text_data or "").encode()) > LONGEST:
            await self.end(TOO_MUCH)

    async def end(self, code: int) -> None:
        """Close once: what a flooding client still has on its way closes nothing a second time."""
        if not self.closing:
            self.closing = True
            await self.close(code)

    async def disconnect(self, code: Any) -> None:
        self.relay.leave(self.topic, self.tell)
