"""Bytes on their way to a client, as fast as its connection takes them."""

import asyncio
from typing import Any

from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer


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


def send_at_once(transport: Any, data: bytes) -> None:
    """Send what the connection takes at once, and have Twisted send the rest.

    Twisted first waits to be told that the connection takes anything. It nearly always takes a whole reply.
    """
    waiting = transport.dataBuffer or transport._tempDataBuffer  # of the reply before, which goes first
    sent = 0 if waiting else transport.writeSomeData(data)
    if not isinstance(sent, int):  # the connection is lost, which Twisted finds out in its own way
        sent = 0
    if sent < len(data):
        transport.write(data[sent:])


def unsent(transport: Any) -> int:
    return len(transport.dataBuffer) - transport.offset + transport._tempDataLen
