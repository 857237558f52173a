"""Many open boards in a process of their own: lean sockets over asyncio that log when they heard of which version.

With ``fetch`` each does what a browser does next: it asks for the table, one request at a time, and logs when it came.
"""

import asyncio
import base64
import json
import multiprocessing
import os
import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

TEXT, CLOSE, PING, PONG = 0x81, 0x88, 0x89, 0x8A
CONNECTING_AT_ONCE = 50
VERSION = re.compile(rb'data-version="(\d+)"')

type Log = list[tuple[float, int]]  # (seconds on the monotonic clock, version)


@dataclass
class Heard:
    """What the listeners report: one log of messages and one of tables for each socket, and what they cost."""

    messages: list[Log] = field(default_factory=list)
    tables: list[Log] = field(default_factory=list)
    cpu: float = 0.0


@dataclass(frozen=True)
class Target:
    host: str
    port: int
    board: str
    fetch: bool


@contextmanager
def listening(target: Target, sockets: int, reports: list[Heard]) -> Iterator[None]:
    """Hold the sockets open; afterwards their report has been added to ``reports``."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=work, args=(there, target, sockets))
    process.start()
    try:
        if here.recv() != "ready":
            raise SystemExit("The sockets cannot be opened.")
        yield
        here.send("stop")
        reports.append(here.recv())
    finally:
        process.join(10)
        process.kill()


def work(parent: Connection, target: Target, sockets: int) -> None:
    try:
        asyncio.run(hold(parent, target, sockets))
    except OSError as error:
        parent.send(str(error))


async def hold(parent: Connection, target: Target, sockets: int) -> None:
    gate = asyncio.Semaphore(CONNECTING_AT_ONCE)
    boards = await asyncio.gather(*(OpenBoard.connect(target, gate) for _ in range(sockets)))
    tasks = [asyncio.create_task(board.listen()) for board in boards]
    if target.fetch:
        tasks += [asyncio.create_task(board.fetch()) for board in boards]
    parent.send("ready")
    begun = time.process_time()
    await asyncio.to_thread(parent.recv)
    cpu = time.process_time() - begun
    over = [task for task in tasks if task.done()]
    if over:
        raise OSError(f"{len(over)} sockets were closed: {over[0].exception()}")
    parent.send(Heard([board.messages for board in boards], [board.tables for board in boards], cpu))
    for task in tasks:
        task.cancel()


class OpenBoard:
    """One browser with the page of a board."""

    def __init__(self, target: Target, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.target, self.reader, self.writer = target, reader, writer
        self.messages: Log = []
        self.tables: Log = []
        self.changed = asyncio.Event()
        self.spread = 0.0

    @classmethod
    async def connect(cls, target: Target, gate: asyncio.Semaphore) -> "OpenBoard":
        async with gate:
            reader, writer = await asyncio.open_connection(target.host, target.port)
            place = f"{target.host}:{target.port}"
            key = base64.b64encode(os.urandom(16)).decode()
            writer.write(
                f"GET /ws/leaderboards/{target.board}/ HTTP/1.1\r\nHost: {place}\r\nOrigin: http://{place}\r\n"
                f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 101 " not in head.partition(b"\r\n")[0]:
                raise OSError(head.partition(b"\r\n")[0].decode())
            return cls(target, reader, writer)

    async def listen(self) -> None:
        while True:
            kind, data = await self.frame()
            if kind == TEXT:
                message = json.loads(data)
                self.messages.append((time.monotonic(), message["version"]))
                self.spread = message.get("spread", 0) / 1000
                self.changed.set()
            elif kind == PING:
                self.pong(data)
            elif kind == CLOSE:
                raise OSError(f"closed with {int.from_bytes(data[:2])}")

    async def frame(self) -> tuple[int, bytes]:
        kind, length = await self.reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await self.reader.readexactly(2))
        return kind, await self.reader.readexactly(length)

    def pong(self, data: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        self.writer.write(bytes([PONG, 0x80 | len(data)]) + mask + masked)

    async def fetch(self) -> None:
        """Follow the script of the page: fetch once for all that was heard meanwhile, spread as the server asks."""
        reader, writer = await asyncio.open_connection(self.target.host, self.target.port)
        path = f"/leaderboards/?board={self.target.board}&period=today"
        request = f"GET {path} HTTP/1.1\r\nHost: {self.target.host}:{self.target.port}\r\nHX-Request: true\r\n\r\n"
        while True:
            await self.changed.wait()
            await asyncio.sleep(random.random() * self.spread)
            self.changed.clear()
            writer.write(request.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            found = VERSION.search(await reader.readexactly(length))
            self.tables.append((time.monotonic(), int(found[1]) if found else 0))
