"""What the sweeper announces of batches reaches the sockets of this process."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from tasks.machinery import relaying

from .announcing import GROUP
from .progress import progress_of


class Relay(relaying.Relay[int, dict[str, Any]]):
    """The news of a batch are how far it is; the sockets are those of people of archives."""

    GROUP, SOCKETS, LOOK = GROUP, 500, 3.0
    OUTAGE = logging.DEBUG  # the boards say it already

    def read(self, topics: list[int]) -> Mapping[int, dict[str, Any]]:
        return {batch: progress.message for batch, progress in progress_of(topics).items()}

    def read_message(self, message: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        return message["progress"]["batch"], message["progress"]

    def words(self, topic: int, news: dict[str, Any], sockets: int) -> str:
        return json.dumps(news)
