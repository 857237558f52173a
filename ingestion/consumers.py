"""The socket of a batch: it says how far the batch is."""

from channels.db import database_sync_to_async
from django.contrib.auth.models import AnonymousUser

from accounts.enums import Role
from accounts.models import Volunteer
from tasks.machinery.sockets import TOO_MUCH, NewsSocket
from tasks.models import Batch

from .relaying import Relay

MOST_HEARD = 20  # messages that are ignored before the socket is closed; nobody has a reason to send any


def may_watch(volunteer: Volunteer | AnonymousUser, batch: int) -> bool:
    """Whether it is a batch of an organisation in which the volunteer is archivist or owner."""
    if isinstance(volunteer, AnonymousUser):
        return False
    return Batch.objects.visible_to(volunteer, Role.ARCHIVIST).filter(pk=batch).exists()


class BatchSocket(NewsSocket):
    RELAY, TOPIC = Relay, "number"
    messages = 0

    async def may_listen(self) -> bool:
        return await database_sync_to_async(may_watch)(self.scope["user"], self.topic)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self.messages += 1
        if self.messages > MOST_HEARD:
            await self.end(TOO_MUCH)
