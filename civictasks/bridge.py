"""Serve the HTTP requests of an ASGI server by the WSGI application, on a few long-lived threads.

Two thirds of a request's time under Django's own ASGI handler go into hopping between threads. Here a request hops
once: the thread returns the whole response, and only one too large to hold is sent on piece by piece.
"""

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext as _

from accounts.crosssite import PROBLEM

logger = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Header = tuple[bytes, bytes]

HELD_WHOLE = 2**20  # bytes; a longer response, or one of unknown length, goes out in pieces
SENT_AT_ONCE = 2**17  # bytes
IN_MEMORY = 2**18  # bytes of a request's body; a longer one waits in a temporary file
OF_THE_FILE = {
    *(b"content-" + name for name in (b"type", b"length", b"range", b"disposition", b"encoding")),
    *(b"etag", b"accept-ranges", b"last-modified", b"cache-control"),
}
BODILESS = {204, 304}
REFUSALS = {302, 401, 403, 404, 405}  # of who asks, or where; a page sends strangers to the sign-in
BODY = "civictasks.body"  # extensions of our server: the request's body as an open file,
LENGTH = "civictasks.length"  # and the bytes that were sent; the file is empty when they were too many to keep


class ClientGone(Exception):
    """Nobody listens to this response any more."""


@dataclass
class Reply:
    """What the WSGI application said, ready to be sent; a ``pieces`` reply is sent by the application's own thread."""

    status: int = 500
    headers: list[Header] = field(default_factory=list)
    body: bytes = b""

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        self.status = int(status.partition(" ")[0])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]

    @property
    def opening(self) -> Message:
        return {"type": "http.response.start", "status": self.status, "headers": self.headers}


class Exchange:
    """One request and its reply, as the thread sees it."""

    def __init__(self, send: Send) -> None:
        self.loop = asyncio.get_running_loop()
        self.send = send
        self.gone = threading.Event()
        self.reply = Reply()

    def send_now(self, message: Message) -> None:
        """Send from the application's thread; returns when the connection can take more."""
        sending = asyncio.run_coroutine_threadsafe(self.send_in_loop(message), self.loop)
        while not self.gone.is_set():
            try:
                return sending.result(1)
            except TimeoutError:
                continue
        sending.cancel()
        raise ClientGone

    async def send_in_loop(self, message: Message) -> None:
        await self.send(message)


class WSGIBridge:
    """An ASGI application for ``http`` scopes.

    At most half of the threads send long responses at a time, so that volunteers are always served; who asks for one
    more is told to come back in a minute.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]], threads: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="http")
        self.downloads = threading.Semaphore(max(threads // 2, 1))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        body, length = await _read_body(scope, receive)
        exchange = Exchange(send)
        watch = asyncio.ensure_future(_watch(receive, exchange))
        try:
            environ = _environ(scope, body, length)
            sent = await exchange.loop.run_in_executor(self.threads, self._respond, environ, exchange)
            if not sent:
                await send(exchange.reply.opening)
                await send({"type": "http.response.body", "body": exchange.reply.body})
        finally:
            exchange.gone.set()
            watch.cancel()

    async def refuses(self, scope: Message) -> bool:
        """Ask the application about a request whose body has only begun to come, by one without: is it refused?

        A page is asked for itself, as its form would lack the token; an address of the API is asked as it will be, and
        does nothing with nothing.
        """
        if scope["path"].startswith("/desk/"):
            scope = {**scope, "method": "GET"}
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, self._status, _environ(scope, BytesIO(), 0)) in REFUSALS

    def _status(self, environ: dict[str, Any]) -> int:
        reply = Reply()
        pieces = self.application(environ, reply.start)
        if close := getattr(pieces, "close", None):
            close()
        return reply.status

    def _respond(self, environ: dict[str, Any], exchange: Exchange) -> bool:
        """Run the application; True when the reply has been sent already."""
        reply = exchange.reply
        pieces = self.application(environ, reply.start)
        try:
            if environ["REQUEST_METHOD"] == "HEAD":
                return False
            if _fits(reply, pieces):
                reply.body = b"".join(pieces)
                return False
            if not self.downloads.acquire(blocking=False):
                _busy(reply, environ["PATH_INFO"])
                return False
            try:
                _stream(exchange, pieces)
            finally:
                self.downloads.release()
            return True
        finally:
            if close := getattr(pieces, "close", None):
                close()
            environ["wsgi.input"].close()


def _fits(reply: Reply, pieces: Iterable[bytes]) -> bool:
    if reply.status in BODILESS or not getattr(pieces, "streaming", False):
        return True
    length = dict(reply.headers).get(b"content-length", b"")
    return length.isdigit() and int(length) <= HELD_WHOLE


def _busy(reply: Reply, path: str) -> None:
    """Put a refusal in the reply's place; what its headers say of anything but the file stays."""
    text, kind = _("Several large files are being sent just now. Please try again in a minute."), "text/plain"
    if path.startswith("/api/"):
        problem = {"type": "about:blank", "title": _("Please wait a minute."), "status": 503, "detail": text}
        text, kind = json.dumps(problem), PROBLEM
    reply.status, reply.body = 503, text.encode()
    reply.headers = [
        *(header for header in reply.headers if header[0] not in OF_THE_FILE),
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"content-length", str(len(reply.body)).encode()),
        (b"retry-after", b"60"),
    ]


def _stream(exchange: Exchange, pieces: Iterable[bytes]) -> None:
    try:
        exchange.send_now(exchange.reply.opening)
        for piece in _gathered(_while_wanted(pieces, exchange)):
            exchange.send_now({"type": "http.response.body", "body": piece, "more_body": True})
        exchange.send_now({"type": "http.response.body", "body": b""})
    except (ClientGone, ConnectionError):
        logger.info("a client left before the end of its download")


def _while_wanted(pieces: Iterable[bytes], exchange: Exchange) -> Iterator[bytes]:
    for piece in pieces:
        if exchange.gone.is_set():
            raise ClientGone
        yield piece


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join small pieces (Django reads files by 4 kB) into ones that are worth a hop to the event loop."""
    waiting, length = [], 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= SENT_AT_ONCE:
            yield b"".join(waiting)
            waiting, length = [], 0
    yield b"".join(waiting)


async def _watch(receive: Receive, exchange: Exchange) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    exchange.gone.set()


async def _read_body(scope: Message, receive: Receive) -> tuple[BinaryIO, int]:
    """Return the whole body and its length, which WSGI wants to know and a chunked request does not say."""
    if BODY in (ours := scope.get("extensions", {})):
        ours[BODY].seek(0)
        return ours[BODY], ours[LENGTH]
    message = await receive()
    if not message.get("more_body"):
        body = message.get("body", b"")
        return BytesIO(body), len(body)
    spool = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # closed by the thread that reads it
    spool.write(message.get("body", b""))
    while message.get("more_body"):
        message = await receive()
        spool.write(message.get("body", b""))
    length = spool.tell()
    spool.seek(0)
    return spool, length  # type: ignore[return-value]  # typeshed has no common class


def _environ(scope: Message, body: BinaryIO, length: int) -> dict[str, Any]:
    server, port = scope.get("server") or ("localhost", None)
    client, client_port = scope.get("client") or ("", "")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.get("raw_path") or scope["path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client,
        "REMOTE_PORT": str(client_port),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    _add_headers(environ, scope["headers"])
    environ["CONTENT_LENGTH"] = str(length)
    return environ


def _add_headers(environ: dict[str, Any], headers: Iterable[Header]) -> None:
    """Add headers under their CGI names; one whose name has an underscore could pass for another, and is left out."""
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        if key not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            key = f"HTTP_{key}"
        if key in environ:
            value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        environ[key] = value
