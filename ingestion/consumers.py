"""The socket of a batch: it says how far the batch is. Nothing goes the other way."""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth.models import AnonymousUser

from accounts.enums import Role
from accounts.models import Volunteer
from tasks.models import Batch

from .relaying import Relay, TooManySockets

# A server's application closes with a code of its own, from 4000 on: Daphne refuses 1008 and 1013 as reserved.
NO_SUCH_BATCH, TOO_MUCH, TRY_LATER = 4404, 4008, 4013
MOST_HEARD = 20  # messages that are ignored before the socket is closed; nobody has a reason to send any


def may_watch(volunteer: Volunteer | AnonymousUser, batch: int) -> bool:
    """Whether it is a batch of an organisation in which the volunteer is archivist or owner."""
    if isinstance(volunteer, AnonymousUser):
        return False
    return Batch.objects.visible_to(volunteer, Role.ARCHIVIST).filter(pk=batch).exists()


class BatchSocket(AsyncWebsocketConsumer):
    channel_layer_alias = "none"  # the relay listens for the whole process; a socket needs no Redis of its own

    async def connect(self) -> None:
        self.heard, self.joined, self.closing = 0, False, False
        self.batch = self.scope["url_route"]["kwargs"]["number"]
        self.relay = Relay.of_this_loop()
        await self.accept()
        if not await database_sync_to_async(may_watch)(self.scope["user"], self.batch):
            await self.end(NO_SUCH_BATCH)
            return
        self.joined = True
        try:
            await self.relay.join(self.batch, self.tell)
        except TooManySockets:
            await self.end(TRY_LATER)

    async def tell(self, message: dict[str, Any] | None) -> None:
        """Send how far the batch is; None says that it is no longer there."""
        if message is None:
            await self.end(NO_SUCH_BATCH)
        else:
            await self.send(json.dumps(message))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self.heard += 1
        if self.heard > MOST_HEARD:
            await self.end(TOO_MUCH)

    async def end(self, code: int) -> None:
        if not self.closing:
            self.closing = True
            await self.close(code)

    async def disconnect(self, code: Any) -> None:
        if self.joined:
            self.relay.leave(self.batch, self.tell)
