"""Daphne with the two things it lacks: patience with slow readers and uploads that stay out of memory."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import unquote

from daphne.http_protocol import WebRequest
from daphne.server import Server
from django.conf import settings
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer

from .bridge import BODY, LENGTH, Message

Refuses = Callable[[Message], Awaitable[bool]]

READ_AT_ONCE = 2**20  # bytes of a request's body
LONGEST_SOCKET_MESSAGE = 2**14  # bytes; browsers have nothing long to say to us
STALLED = 60.0  # seconds without a byte taken, after which a reader is given up


@implementer(IPushProducer)
class Tap:
    """Open while the connection takes more."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()

    def pauseProducing(self) -> None:
        self.open.clear()

    def resumeProducing(self) -> None:
        self.open.set()

    def stopProducing(self) -> None:
        self.open.set()


class Sieve:
    """Takes a request's body as it arrives; one longer than its address takes is let through and not kept.

    Who sends it hears at the end that it is too long, and meanwhile fills no disk. Where long ones are welcome, the
    application is asked first whether this one is, and the sender waits for the answer.
    """

    def __init__(self, request: WebRequest, refuses: Refuses | None) -> None:
        self.request = request
        self.refuses = refuses
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
        if self.refuses and not self.asking and settings.LONGEST_BODY < self.length <= self.longest:
            self.request.channel.transport.pauseProducing()
            self.asking = asyncio.ensure_future(self.ask(self.refuses))

    def drop(self) -> None:
        self.request.content.seek(0)
        self.request.content.truncate()

    async def ask(self, refuses: Refuses) -> None:
        request, refused = self.request, True
        try:
            refused = await refuses(scope_of(request))
        finally:
            if request.channel:  # the client may be gone
                request.channel.transport.resumeProducing()
        if refused and not request.content.closed:
            self.longest = 0
            self.drop()


def scope_of(request: WebRequest) -> Message:
    """Return what is known of a request before its body has come."""
    path, _mark, query = request.channel._path.partition(b"?")
    return {
        "type": "http",
        "method": request.channel._command.decode("latin-1"),
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "http_version": "1.1",
        "headers": [
            (name.lower(), value) for name, values in request.requestHeaders.getAllRawHeaders() for value in values
        ],
    }


def longest_body(address: bytes) -> int:
    path = address.partition(b"?")[0].decode("latin-1")
    if re.fullmatch(settings.UPLOADS_AT, path):
        return settings.LONGEST_UPLOAD
    return settings.LONGEST_CHUNK if re.fullmatch(settings.CHUNKS_AT, path) else settings.LONGEST_BODY


class RequestQueue:
    """What Daphne tells the application, without the request's body, which the application reads from its file."""

    def __init__(self, queue: asyncio.Queue[Message]) -> None:
        self.queue = queue

    def put_nowait(self, message: Message) -> None:
        if message["type"] != "http.request":
            self.queue.put_nowait(message)


class PatientServer(Server):
    refuses: Refuses | None = None

    def protocol_connected(self, protocol: Any) -> None:
        # Twisted would parse every form for itself, in memory: 3 GB for an upload of 200 MB.
        protocol._parsePOSTFormSubmission = False
        if isinstance(protocol, WebRequest):
            protocol.handleContentChunk = Sieve(protocol, self.refuses)
        super().protocol_connected(protocol)

    def create_application(self, protocol: Any, scope: Message) -> Any:
        if isinstance(protocol, WebRequest):
            scope["extensions"] = {BODY: _own(protocol.content), LENGTH: protocol.handleContentChunk.length}
            queue = super().create_application(protocol, scope)
            return queue and RequestQueue(queue)
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: Message) -> None:
        is_body = isinstance(protocol, WebRequest) and message["type"] == "http.response.body"
        more = message.get("more_body")
        if is_body and not more and getattr(protocol, "tap", None) and protocol.channel:  # the client may be gone
            protocol.unregisterProducer()
        await super().handle_reply(protocol, message)
        if is_body and more:
            await self._until_taken(protocol)

    async def _until_taken(self, protocol: Any) -> None:
        """Wait while the connection's buffer is full, else all of a download would lie in memory."""
        if protocol.finished or protocol.channel is None:
            return
        if not getattr(protocol, "tap", None):
            protocol.tap = Tap()
            protocol.registerProducer(protocol.tap, True)
        try:
            await asyncio.wait_for(protocol.tap.open.wait(), STALLED)
        except TimeoutError:
            protocol.channel.transport.abortConnection()
            raise ConnectionAbortedError("the reader stalled") from None


def _own(content: BinaryIO) -> BinaryIO:
    """Return the body as a file that Twisted does not close under the reading thread when the client leaves."""
    try:
        return os.fdopen(os.dup(content.fileno()), "rb")
    except OSError:  # a short one, in memory
        return BytesIO(content.read())


def serve(application: Any, endpoint: str, refuses: Refuses | None = None) -> None:
    """Serve until SIGTERM or SIGINT. ``endpoint`` is Twisted's: ``fd:fileno=3``, ``tcp:port=8000:interface=…``.

    ``refuses`` tells by a request's head whether its body need not be kept.
    """
    server = PatientServer(
        application,
        endpoints=[endpoint],
        request_buffer_size=READ_AT_ONCE,
        websocket_max_message_size=LONGEST_SOCKET_MESSAGE,
        websocket_max_frame_size=LONGEST_SOCKET_MESSAGE,
        server_name="",
    )
    server.refuses = refuses
    server.run()
