"""What the sweeper announces of boards reaches the sockets of this process."""

import json
from collections.abc import Mapping
from typing import Any

from tasks.machinery import relaying

from .announcing import GROUP
from .boards import versions_of

MANY = 50  # sockets of a board in this process, from which on their browsers share out when they fetch
SHARE = 20  # ms for each socket beyond: a table costs some 3 ms, and answering comes first
LONGEST_SPREAD = 10_000  # ms


class Relay(relaying.Relay[str, int]):
    """The news of a board are its version."""

    GROUP, SOCKETS, LOOK = GROUP, 5000, 4.0

    def read(self, topics: list[str]) -> Mapping[str, int]:
        return versions_of(topics)

    def read_message(self, message: Mapping[str, Any]) -> tuple[str, int]:
        return message["board"], message["version"]

    def is_new(self, news: int, told: int | None) -> bool:
        return told is None or news > told

    def words(self, topic: str, news: int, sockets: int) -> str:
        return message_of(topic, news, sockets)


def message_of(board: str, version: int, sockets: int) -> str:
    """Return the words for all sockets of a board, made once; ``spread`` stands in them where there are many."""
    message: dict[str, str | int] = {"board": board, "version": version}
    if sockets > MANY:
        message["spread"] = min((sockets - MANY) * SHARE, LONGEST_SPREAD)
    return json.dumps(message)
