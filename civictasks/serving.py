"""Daphne with what it lacks: patience with slow readers, uploads that stay out of memory, and little ado.

Sockets are Daphne's own affair, but for the framing of what all of them are told. A plain request is no ASGI
application here: the task, the queue, the messages and the line of a log that nobody reads, which Daphne makes for
each, took half of the event loop's time.
"""

import asyncio
import re
import time
from functools import lru_cache
from typing import Any, BinaryIO

import daphne.server
from autobahn.websocket.protocol import PreparedMessage
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.defer import Deferred

from .bridge import BODILESS, Bridge, Environ, Reply, add_body, add_headers, environ_of
from .sending import Tap, send_at_once, unsent
from .sieving import Sieve, own_file

READ_AT_ONCE = 2**20  # bytes of a request's body
LONGEST_SOCKET_MESSAGE = 2**14  # bytes; browsers have nothing long to say to us
STALLED = 60.0  # seconds without a byte taken, after which a reader is given up
FAREWELL = 3.0  # seconds for replies under way when the server is to end
ODD_NAME = re.compile(rb"[^-!#$%&'*+.^_`|~0-9a-zA-Z]")
ODD_VALUE = re.compile(rb"[\x0b\x0c\x1c-\x1e\x85]")


class Request(WebRequest):
    """A plain request goes from here to a thread and comes back as a whole reply, or in pieces."""

    tap: Tap | None = None
    ending: asyncio.Task[None] | None = None  # the loop itself would forget it
    gone = False

    def __init__(self, *args: Any) -> None:
        self.loop = asyncio.get_running_loop()
        super().__init__(*args)
        self.sieve = self.handleContentChunk = Sieve(self, self.server.bridge)
        self._parsePOSTFormSubmission = False  # Twisted would parse every form in memory: 3 GB for an upload of 200 MB

    def process(self) -> None:
        if self.is_for_daphne():
            super().process()
        else:
            self.server.answering.add(self)
            environ = self.environ(self.method, self.uri, own_file(self.content), self.sieve.length)
            self.server.bridge.answer(environ, self)

    def is_for_daphne(self) -> bool:
        """Whether this becomes a socket, or is malformed: Daphne says so."""
        upgrade = self.requestHeaders.getRawHeaders(b"Upgrade", [b""])[0]
        return (
            upgrade.lower() == b"websocket"
            or not self.uri.isascii()
            or any(
                ODD_NAME.search(name) or ODD_VALUE.search(b"".join(values))
                for name, values in self.requestHeaders.getAllRawHeaders()
            )
        )

    def environ(self, method: bytes, address: bytes, body: BinaryIO, length: int) -> Environ:
        sender, receiver = address_of(self.client), address_of(self.host)
        environ = environ_of(method.decode("latin-1"), address, sender, receiver)
        add_headers(environ, self.requestHeaders.getAllRawHeaders())
        add_body(environ, body, length)
        return environ

    def connectionLost(self, reason: Any) -> None:
        self.gone = True
        super().connectionLost(reason)

    def take(self, reply: Reply) -> None:
        if self.gone:
            return
        if self.is_simple(reply):
            self.startedWriting = 1
            send_at_once(self.channel.transport, reply.written())
        else:
            self.begin(reply)
            self.write(reply.body)
        if self.channel._waitingForTransport:
            self.ending = asyncio.ensure_future(self.take_end())
        else:
            self.finish()

    def is_simple(self, reply: Reply) -> bool:
        """Whether the reply can go out as it is: its length is told, and the connection stays open."""
        plain = self.clientproto == b"HTTP/1.1" and self.method != b"HEAD" and reply.code not in BODILESS
        return plain and self.channel.persistent and bool(reply.header("content-length"))

    def begin(self, reply: Reply) -> None:
        self.setResponseCode(reply.code, reply.status[4:].encode("latin-1"))
        for name, value in reply.headers:
            self.responseHeaders.addRawHeader(name.encode("latin-1"), value.encode("latin-1"))

    async def take_head(self, reply: Reply) -> None:
        if not self.gone:
            self.begin(reply)
            self.write(b"")

    async def take_piece(self, piece: bytes) -> None:
        """Wait while the connection's buffer is full, else all of a download would lie in memory."""
        if self.gone:
            return
        self.write(piece)
        if not await self.is_taken():
            raise ConnectionAbortedError("the reader stalled")

    async def take_end(self) -> None:
        """Wait too: the next request of the connection begins then, and replies that nobody reads do not pile up."""
        if self.gone or not await self.is_taken() or self.gone:
            return
        if self.tap:
            self.unregisterProducer()
        self.finish()

    async def is_taken(self) -> bool:
        """Wait until all that was written is taken; give the reader up who takes nothing for long."""
        tap, transport = self.tapped(), self.channel.transport
        left = unsent(transport)
        while True:
            try:
                return await asyncio.wait_for(tap.open.wait(), STALLED)
            except TimeoutError:
                before, left = left, unsent(transport)
                if left >= before:
                    transport.abortConnection()
                    return False

    def tapped(self) -> Tap:
        if not self.tap:
            self.tap = Tap()
            self.registerProducer(self.tap, True)
            if self.channel._waitingForTransport:
                self.tap.pauseProducing()
        return self.tap

    def take_failure(self) -> None:
        if self.gone:
            return
        if self.startedWriting:
            self.channel.transport.abortConnection()
        else:
            self.handle_exception(None)


def address_of(end: Any) -> tuple[str, int]:
    """Return host and port of an end of a connection; a Unix socket has none."""
    return getattr(end, "host", ""), getattr(end, "port", 0)


@lru_cache(16)
def framed(text: bytes) -> bytes:
    """Return a message as it goes over a socket; the same words go to hundreds at once."""
    return bytes(PreparedMessage(text, False, False, True).payloadHybi)


class Socket(WebSocketProtocol):
    def sendMessage(self, payload: bytes, isBinary: bool = False, **others: Any) -> None:
        if isBinary or others or self.state != self.STATE_OPEN:
            super().sendMessage(payload, isBinary, **others)
        else:
            send_at_once(self.transport, framed(payload))


class Factory(HTTPFactory):
    def buildProtocol(self, addr: Any) -> Any:
        channel = super().buildProtocol(addr)
        channel.requestFactory = Request
        return channel

    def log(self, request: Request) -> None:
        """Nobody reads it."""


daphne.server.HTTPFactory = Factory  # Daphne asks nobody which one to use
WebSocketFactory.protocol = Socket


class PatientServer(daphne.server.Server):
    """Daphne keeps book of what is connected, to end it with itself: of sockets alone."""

    bridge: Bridge
    answering: set[Request]
    port: Any = None

    def listen_success(self, port: Any) -> None:
        self.port = port
        super().listen_success(port)

    def protocol_connected(self, protocol: Any) -> None:
        if not isinstance(protocol, Request):
            super().protocol_connected(protocol)

    def protocol_disconnected(self, protocol: Any) -> None:
        if isinstance(protocol, Request):
            self.answering.discard(protocol)
        else:
            super().protocol_disconnected(protocol)

    def kill_all_applications(self) -> Any:
        """Called when the server is asked to end: who has asked something by then gets the reply first."""
        if self.port:
            self.port.stopListening()
        farewell = Deferred.fromFuture(asyncio.ensure_future(self.have_answered()))
        return farewell.addCallback(lambda _none: super(PatientServer, self).kill_all_applications())

    async def have_answered(self) -> None:
        asked = set(self.answering)
        end = time.monotonic() + FAREWELL
        while asked & self.answering and time.monotonic() < end:
            await asyncio.sleep(0.02)


def serve(sockets: Any, endpoint: str, bridge: Bridge) -> None:
    """Serve until SIGTERM or SIGINT. ``endpoint`` is Twisted's: ``fd:fileno=3``, ``tcp:port=8000:interface=…``."""
    server = PatientServer(
        sockets,
        endpoints=[endpoint],
        request_buffer_size=READ_AT_ONCE,
        websocket_max_message_size=LONGEST_SOCKET_MESSAGE,
        websocket_max_frame_size=LONGEST_SOCKET_MESSAGE,
        server_name="",
    )
    server.bridge = bridge
    server.answering = set()
    server.run()
