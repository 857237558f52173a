"""Run the chores of all apps again and again, each at its own interval."""

import logging
import signal
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import close_old_connections, connections

from tasks.chores import Chore

logger = logging.getLogger(__name__)

QUICK = 2.0  # seconds; chores that come more often run in a thread of their own and wait for no slow one
LONGEST_PAUSE = 60.0


@dataclass
class Turn:
    """When a chore is due next. One that fails comes back after pauses that double."""

    chore: Chore
    due_at: float = 0.0
    failures: int = 0

    @property
    def interval(self) -> float:
        return self.chore.every.total_seconds()

    def take(self, now: float) -> None:
        self.failures = 0 if run(self.chore) else self.failures + 1
        pause = min(self.interval * 2.0**self.failures, max(LONGEST_PAUSE, self.interval))
        self.due_at = now + pause


def run(chore: Chore) -> bool:
    """Run a chore once; False when it failed, which is logged."""
    try:
        done = chore.work()
    except Exception:
        logger.exception("the chore %s failed", chore.name)
        return False
    if done:
        logger.debug("%s: %s", chore.name, done)
    return True


def sweep_once(chores: Iterable[Chore]) -> bool:
    """Run every chore once, also after one that fails; False when any did."""
    succeeded = [run(chore) for chore in chores]
    return all(succeeded)


def sweep(chores: Iterable[Chore]) -> None:
    """Run the chores until SIGINT or SIGTERM; a chore under way is finished first."""
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)  # of this thread and those it starts: only ``sigwait`` sees them
    stop = threading.Event()
    turns = [Turn(chore) for chore in chores]
    quick = [turn for turn in turns if turn.interval < QUICK]
    slow = [turn for turn in turns if turn.interval >= QUICK]
    threads = [threading.Thread(target=_go_round, args=(some, stop)) for some in (quick, slow) if some]
    for thread in threads:
        thread.start()
    signal.sigwait(signals)
    stop.set()
    for thread in threads:
        thread.join()


def _go_round(turns: list[Turn], stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            for turn in turns:
                if turn.due_at <= time.monotonic() and not stop.is_set():
                    turn.take(time.monotonic())
                    close_old_connections()
            next_due = min(turn.due_at for turn in turns)
            stop.wait(max(next_due - time.monotonic(), 0))
    finally:
        connections.close_all()
