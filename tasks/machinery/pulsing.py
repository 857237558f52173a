"""Signs of life: while somebody works on a claimed row, its claim is renewed each few seconds.

In a thread, for opening one picture may take longer than a claim lasts, and a release reads for minutes in one
transaction. A worker that is killed stops beating, and what it had claimed is free half a minute later.
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Self

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

CLAIM_TIME = timedelta(seconds=30)
PULSE = timedelta(seconds=4)
SILENCE = timedelta(seconds=15)  # without a sign of life: then whoever looks is told


class Pulse:
    """``beat`` renews the claim in a statement of its own, and says whether it is still ours."""

    def __init__(self, beat: Callable[[], bool], every: timedelta = PULSE) -> None:
        self.beat, self.every = beat, every
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._go_on, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.over.set()
        self.thread.join()

    def _go_on(self) -> None:
        try:
            while not self.over.wait(self.every.total_seconds()):
                try:
                    if not self.beat():
                        return
                except DatabaseError as error:  # the next beat may get through
                    logger.warning("no sign of life: %s", error)
        finally:
            connection.close()
