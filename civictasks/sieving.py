"""A request's body as it arrives: kept in a file where it is welcome, else let through."""

import asyncio
import os
import re
from io import BytesIO
from typing import Any, BinaryIO

from django.conf import settings

from .bridge import Bridge


class Sieve:
    """Takes a request's body as it arrives; one longer than its address takes is let through and not kept.

    Who sends it hears at the end that it is too long, and meanwhile fills no disk. Where long ones are welcome, the
    application is asked first whether this one is, and the sender waits for the answer.
    """

    def __init__(self, request: Any, bridge: Bridge) -> None:
        self.request = request
        self.bridge = bridge
        self.length = 0
        self.longest: int | None = None  # not known before the first bytes
        self.asking: asyncio.Task[None] | None = None

    def __call__(self, data: bytes) -> None:
        self.length += len(data)
        if self.longest is None:
            self.longest = longest_body(self.request.channel._path)
        if self.length <= self.longest:
            self.request.content.write(data)
        else:
            self.drop()
        if not self.asking and settings.LONGEST_BODY < self.length <= self.longest:
            self.request.channel.transport.pauseProducing()
            self.asking = asyncio.ensure_future(self.ask())

    def drop(self) -> None:
        self.request.content.seek(0)
        self.request.content.truncate()

    async def ask(self) -> None:
        request, channel, refused = self.request, self.request.channel, True
        try:
            refused = await self.bridge.refuses(request.environ(channel._command, channel._path, BytesIO(), 0))
        finally:
            if request.channel:  # the client may be gone
                request.channel.transport.resumeProducing()
        if refused and not request.content.closed:
            self.longest = 0
            self.drop()


def longest_body(address: bytes) -> int:
    path = address.partition(b"?")[0].decode("latin-1")
    if re.fullmatch(settings.UPLOADS_AT, path):
        return settings.LONGEST_UPLOAD
    return settings.LONGEST_CHUNK if re.fullmatch(settings.CHUNKS_AT, path) else settings.LONGEST_BODY


def own_file(content: BinaryIO) -> BinaryIO:
    """Return the body as a file that Twisted does not close under the reading thread when the client leaves."""
    try:
        return os.fdopen(os.dup(content.fileno()), "rb")
    except OSError:  # a short one, in memory
        return BytesIO(content.read())
