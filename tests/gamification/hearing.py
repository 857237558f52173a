"""What a web process hears of the boards."""

import asyncio
import queue
import threading
from typing import Self

from channels.layers import get_channel_layer

from gamification.announcing import GROUP

PATIENCE = 30  # seconds; a busy machine takes some


class Listener(threading.Thread):
    """A web process in small: a thread with an event loop that listens to the group of the boards."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.messages: queue.Queue[tuple[str, int]] = queue.Queue()
        self.ready = threading.Event()
        self.stop = asyncio.Event()

    def run(self) -> None:
        asyncio.run(self.listen())

    async def listen(self) -> None:
        self.loop = asyncio.get_running_loop()
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
        self.ready.set()
        hearing = asyncio.create_task(self.hear(layer, channel))
        await self.stop.wait()
        hearing.cancel()
        await asyncio.wait([hearing])

    async def hear(self, layer, channel) -> None:
        while True:
            message = await layer.receive(channel)
            self.messages.put((message["board"], message["version"]))

    def __enter__(self) -> Self:
        self.start()
        assert self.ready.wait(PATIENCE)
        return self

    def __exit__(self, *_exception: object) -> None:
        self.loop.call_soon_threadsafe(self.stop.set)
        self.join(PATIENCE)

    def heard(self, number: int) -> set[tuple[str, int]]:
        """Return the next ``number`` messages; fail when there are more or fewer."""
        messages = {self.messages.get(timeout=PATIENCE) for _ in range(number)}
        assert self.messages.empty()
        return messages
