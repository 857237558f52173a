"""Answer HTTP requests of the event loop by the WSGI application, on a few long-lived threads.

Two thirds of a request's time under Django's own ASGI handler go into hopping between threads. Here a request hops
once: the thread returns the whole response, and only one too large to hold is sent on piece by piece.
"""

import asyncio
import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import Any, BinaryIO, Protocol
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext as _

from accounts.crosssite import PROBLEM

logger = logging.getLogger(__name__)

Header = tuple[str, str]
Environ = dict[str, Any]

HELD_WHOLE = 2**20  # bytes; a longer response, or one of unknown length, goes out in pieces
SENT_AT_ONCE = 2**17  # bytes
OF_THE_FILE = {
    *(f"content-{name}" for name in ("type", "length", "range", "disposition", "encoding")),
    *("etag", "accept-ranges", "last-modified", "cache-control"),
}
BODILESS = {204, 304}
REFUSALS = {302, 401, 403, 404, 405}  # of who asks, or where; a page sends strangers to the sign-in


class ClientGone(Exception):
    """Nobody listens to this response any more."""


@dataclass
class Reply:
    """What the WSGI application said, ready to be sent."""

    status: str = ""
    headers: list[Header] = field(default_factory=list)
    body: bytes = b""

    def start(self, status: str, headers: list[Header], exc_info: object = None) -> None:
        self.status, self.headers = status, [*headers, ("Date", date_of(int(time.time())))]

    @property
    def code(self) -> int:
        return int(self.status[:3])

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known.lower() == name), "")

    def written(self) -> bytes:
        """Return the whole reply as it is sent; Django has seen to it that no header has a line break."""
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in self.headers), "\r\n"]
        return "\r\n".join(lines).encode("latin-1") + self.body


@lru_cache(1)
def date_of(second: int) -> str:
    return formatdate(second, usegmt=True)


class Asker(Protocol):
    """Whoever waits for a reply; its methods run in the event loop ``loop``."""

    loop: asyncio.AbstractEventLoop
    gone: bool

    def take(self, reply: Reply) -> None:
        """Send the whole reply."""

    async def take_head(self, reply: Reply) -> None:
        """Send the reply without its body, which comes in pieces."""

    async def take_piece(self, piece: bytes) -> None:
        """Send a piece of the body; return when the connection can take more."""

    async def take_end(self) -> None:
        """The body is complete."""

    def take_failure(self) -> None:
        """There will be no reply, or no more of it."""


class Bridge:
    """At most half of the threads send long responses at a time, so that volunteers are always served; who asks for one
    more is told to come back in a minute.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]], threads: int) -> None:
        self.application = application
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="http")
        self.downloads = threading.Semaphore(max(threads // 2, 1))

    def answer(self, environ: Environ, asker: Asker) -> None:
        self.threads.submit(self._answer, environ, asker)

    async def refuses(self, environ: Environ) -> bool:
        """Ask the application about a request whose body has only begun to come, by one without: is it refused?

        A page is asked for itself, as its form would lack the token; an address of the API is asked as it will be, and
        does nothing with nothing.
        """
        if environ["PATH_INFO"].startswith("/desk/"):
            environ["REQUEST_METHOD"] = "GET"
        return await asyncio.get_running_loop().run_in_executor(self.threads, self._status, environ) in REFUSALS

    def _status(self, environ: Environ) -> int:
        reply = Reply()
        pieces = self.application(environ, reply.start)
        if close := getattr(pieces, "close", None):
            close()
        return reply.code

    def _answer(self, environ: Environ, asker: Asker) -> None:
        try:
            reply = self._respond(environ, asker)
        except Exception:
            logger.exception("the application failed")
            asker.loop.call_soon_threadsafe(asker.take_failure)
        else:
            if reply:
                asker.loop.call_soon_threadsafe(asker.take, reply)

    def _respond(self, environ: Environ, asker: Asker) -> Reply | None:
        """Run the application; None when its reply has been sent already."""
        reply = Reply()
        pieces = self.application(environ, reply.start)
        try:
            if environ["REQUEST_METHOD"] == "HEAD":
                return reply
            if _fits(reply, pieces):
                reply.body = b"".join(pieces)
                return reply
            if not self.downloads.acquire(blocking=False):
                _busy(reply, environ["PATH_INFO"])
                return reply
            try:
                _stream(asker, reply, pieces)
            finally:
                self.downloads.release()
            return None
        finally:
            if close := getattr(pieces, "close", None):
                close()
            environ["wsgi.input"].close()


def _fits(reply: Reply, pieces: Iterable[bytes]) -> bool:
    if reply.code in BODILESS or not getattr(pieces, "streaming", False):
        return True
    length = reply.header("content-length")
    return length.isdigit() and int(length) <= HELD_WHOLE


def _busy(reply: Reply, path: str) -> None:
    """Put a refusal in the reply's place; what its headers say of anything but the file stays."""
    text, kind = _("Several large files are being sent just now. Please try again in a minute."), "text/plain"
    if path.startswith("/api/"):
        problem = {"type": "about:blank", "title": _("Please wait a minute."), "status": 503, "detail": text}
        text, kind = json.dumps(problem), PROBLEM
    reply.status, reply.body = "503 Service Unavailable", text.encode()
    reply.headers = [
        *(header for header in reply.headers if header[0].lower() not in OF_THE_FILE),
        ("Content-Type", f"{kind}; charset=utf-8"),
        ("Content-Length", str(len(reply.body))),
        ("Retry-After", "60"),
    ]


def _stream(asker: Asker, reply: Reply, pieces: Iterable[bytes]) -> None:
    try:
        _wait(asker, asker.take_head(reply))
        for piece in _gathered(_while_wanted(pieces, asker)):
            _wait(asker, asker.take_piece(piece))
        _wait(asker, asker.take_end())
    except (ClientGone, ConnectionError):
        logger.info("a client left before the end of its download")


def _wait(asker: Asker, sending: Coroutine[Any, Any, None]) -> None:
    """Have something sent from the application's thread, and wait until it is."""
    sent = asyncio.run_coroutine_threadsafe(sending, asker.loop)
    while not asker.gone:
        try:
            return sent.result(1)
        except TimeoutError:
            continue
    sent.cancel()
    raise ClientGone


def _while_wanted(pieces: Iterable[bytes], asker: Asker) -> Iterator[bytes]:
    for piece in pieces:
        if asker.gone:
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


def environ_of(method: str, address: bytes, sender: tuple[str, int], receiver: tuple[str, int]) -> Environ:
    """Return what WSGI wants to know of a request, but for its headers and its body."""
    path, _mark, query = address.partition(b"?")
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_NAME": receiver[0],
        "SERVER_PORT": str(receiver[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": sender[0],
        "REMOTE_PORT": str(sender[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def add_body(environ: Environ, body: BinaryIO, length: int) -> None:
    """WSGI wants to know the length, which a chunked request does not say."""
    environ["wsgi.input"] = body
    environ["CONTENT_LENGTH"] = str(length)


@lru_cache(200)
def cgi_name(header: bytes) -> str:
    """Return the name of a header for CGI; none for one with an underscore, which could pass for another."""
    name = header.decode("latin-1")
    if "_" in name:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"


def add_headers(environ: Environ, headers: Iterable[tuple[bytes, Sequence[bytes]]]) -> None:
    for name, values in headers:
        if key := cgi_name(name):
            together = (b"; " if key == "HTTP_COOKIE" else b",").join(values)
            environ[key] = together.decode("latin-1")
