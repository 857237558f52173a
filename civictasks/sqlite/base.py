"""Django's SQLite, whose writing transactions wait for their turn and whose SQL is translated once.

Who finds SQLite's one write lock taken sleeps and tries again, up to a tenth of a second at a time and in no order:
with a few threads that made the slowest requests several times slower than they need be. The threads of one process
take turns by a lock of their own and wake up at once. For other processes they look again every two milliseconds: where
the lock is free for a moment between two answers, sleeping longer means missing it, for seconds at times.
"""

import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

AGAIN = 0.002  # seconds

turns: dict[str, threading.Lock] = defaultdict(threading.Lock)  # of each database file


translated: Any = lru_cache(maxsize=1000)(base.SQLiteCursorWrapper.convert_query)  # a few hundred make up the site


class Cursor(base.SQLiteCursorWrapper):
    def convert_query(self, query: str, *, param_names: "list[str] | None" = None) -> str:
        return super().convert_query(query, param_names=param_names) if param_names else translated(None, query)


@dataclass(slots=True)
class Outcome:
    """What a statement has done: the rows that it returned, and how many it changed."""

    rows: list[tuple[Any, ...]]
    count: int


def is_busy(error: OperationalError) -> bool:
    """Whether another process holds the lock; the lowest byte of SQLite's code says so."""
    return getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


Base: Any = base.DatabaseWrapper  # its stubs do not know the methods that start and end a transaction


class DatabaseWrapper(Base):
    turn: "threading.Lock | None" = None

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode == "IMMEDIATE":
            self._wait_for_turn()
        try:
            self._begin()
        except BaseException:
            self._end_turn()
            raise

    def _begin(self) -> None:
        """Begin, or try again until SQLite's own patience would end."""
        timeout = self.settings_dict["OPTIONS"]["timeout"]
        deadline = time.monotonic() + timeout
        self.connection.execute("PRAGMA busy_timeout=0")
        try:
            while not self._has_begun(deadline):
                time.sleep(AGAIN)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout={int(1000 * timeout)}")

    def _has_begun(self, deadline: float) -> bool:
        try:
            self.ask(f"BEGIN {self.transaction_mode or ''}", ())
        except OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            return False
        return True

    def create_cursor(self, name: "str | None" = None) -> Cursor:
        return self.connection.cursor(factory=Cursor)

    def ask(self, sql: str, parameters: Sequence[Any]) -> Outcome:
        """Execute a statement of the loop (``accounts/prepared.py``). What Django's cursors do around it takes longer
        than SQLite needs for it."""
        if self.queries_logged or self.execute_wrappers:
            with self.cursor() as cursor:
                cursor.execute(sql, parameters)
                return Outcome(cursor.fetchall(), cursor.rowcount)
        self.ensure_connection()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            cursor = self.connection.execute(translated(None, sql), parameters)
            return Outcome(cursor.fetchall(), cursor.rowcount)

    def _wait_for_turn(self) -> None:
        turn = turns[str(self.settings_dict["NAME"])]
        if not turn.acquire(timeout=self.settings_dict["OPTIONS"]["timeout"]):
            raise OperationalError("database is locked by another thread")
        self.turn = turn

    def _end_turn(self) -> None:
        turn, self.turn = self.turn, None
        if turn:
            turn.release()

    def _commit(self) -> None:
        try:
            super()._commit()
        finally:
            self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._end_turn()
