"""Threads that do something at the same moment, each with a database connection of its own."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connections

TOO_LONG = 60  # seconds until the others are taken for dead


class Crowd:
    def __init__(self, executor: ThreadPoolExecutor, threads: int) -> None:
        self.executor = executor
        self.threads = threads

    def at_once[T](self, calls: Sequence[Callable[[], T]]) -> list[T]:
        """Run at most one call a thread, all from the same moment; return what they returned, in their order."""
        assert len(calls) <= self.threads
        start = threading.Barrier(len(calls))

        def run(call: Callable[[], T]) -> T:
            start.wait(TOO_LONG)
            return call()

        return [running.result() for running in [self.executor.submit(run, call) for call in calls]]


@contextmanager
def crowd_of(threads: int) -> Iterator[Crowd]:
    with ThreadPoolExecutor(threads) as executor:
        crowd = Crowd(executor, threads)
        try:
            yield crowd
        finally:
            crowd.at_once([connections.close_all] * threads)
