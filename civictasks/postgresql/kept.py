"""The statements of the loop as libpq sends them: kept parsed and planned by the server, several in one message.

Psycopg's cursors look at each statement anew and wait for each reply. Here a statement's name is looked up, and it
stays in a queue until somebody asks for its outcome, or the transaction ends: on average every second one goes out
together with its neighbours, ``BEGIN`` and ``COMMIT`` among them. Waiting for replies was half the cost of a loop.
"""

import re
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager
from itertools import count
from types import SimpleNamespace
from typing import Any, NamedTuple

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, TransactionStatus

BEGIN, COMMIT = "BEGIN", "COMMIT"
GOOD = {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}
PLACEHOLDER = re.compile("%([s%])")


class Outcome:
    """What a statement in the queue will have done; whoever asks sends the queue."""

    __slots__ = ("_kept", "_result")

    def __init__(self, kept: "KeptStatements") -> None:
        self._kept = kept
        self._result: Any = None

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        result = self._arrived()
        reader = self._kept.reader
        reader.set_pgresult(result)
        return reader.load_rows(0, result.ntuples, tuple)

    @property
    def count(self) -> int:
        """How many rows were changed."""
        return self._arrived().command_tuples or 0

    def _arrived(self) -> Any:
        if self._result is None:
            self._kept.send()
        assert self._result is not None, "its transaction was rolled back"
        return self._result

    def arrive(self, result: Any) -> None:
        self._result = result


class Queued(NamedTuple):
    name: bytes
    parameters: Sequence[Any]
    outcome: Outcome


class KeptStatements:
    """The statements kept for one connection, and the queue of those not yet sent. Nothing is queued outside a
    transaction: it could stay unsent."""

    def __init__(self, connection: "psycopg.Connection[Any]", guard: AbstractContextManager[None]) -> None:
        self.connection = connection
        self.guard = guard  # makes Django's errors of psycopg's
        self.reader = Transformer(connection)
        self.names: dict[str, bytes] = {}
        self.queue: list[Queued] = []
        self._query = SimpleNamespace(query=b"")  # where Django looks for what was executed last

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Outcome:
        self._query.query = sql.encode()
        with self.guard:
            outcome = self._enqueue(sql, parameters)
        if self.connection.autocommit:
            self.send()
        return outcome

    def send(self) -> None:
        """Send what is queued, in the transaction that it belongs to, and wait for the outcomes."""
        queue, self.queue = self.queue, []
        if not queue:
            return
        with self.guard:
            if not self.connection.autocommit and self._status == TransactionStatus.IDLE:
                queue.insert(0, Queued(self._name_of(BEGIN), (), Outcome(self)))
            self._exchange(queue)

    def commit(self) -> None:
        """End the transaction; what is still queued goes out together with its end."""
        if self.queue or self._status == TransactionStatus.INTRANS:
            with self.guard:
                self._enqueue(COMMIT)
            self.send()

    def forget(self) -> None:
        """Drop what is queued: its transaction is rolled back."""
        self.queue.clear()

    @property
    def _status(self) -> int:
        return self.connection.pgconn.transaction_status

    def _enqueue(self, sql: str, parameters: Sequence[Any] = ()) -> Outcome:
        outcome = Outcome(self)
        texts = self.reader.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters)) if parameters else ()
        self.queue.append(Queued(self._name_of(sql), texts, outcome))
        return outcome

    def _name_of(self, sql: str) -> bytes:
        """Return the name under which the server keeps a statement; it infers the types of its parameters."""
        name = self.names.get(sql)
        if name is None:
            name = b"kept_%d" % len(self.names)
            judge(self.connection.pgconn.prepare(name, numbered(sql).encode()))
            self.names[sql] = name
        return name

    def _exchange(self, queue: Sequence[Queued]) -> None:
        pgconn = self.connection.pgconn
        if len(queue) == 1:
            [(name, parameters, outcome)] = queue
            outcome.arrive(judge(pgconn.exec_prepared(name, parameters)))
            return
        pgconn.enter_pipeline_mode()
        try:
            for name, parameters, _outcome in queue:
                pgconn.send_query_prepared(name, parameters)
            pgconn.pipeline_sync()
            results = self.connection.wait(replies(pgconn, len(queue)))
        finally:
            pgconn.exit_pipeline_mode()
        for (_name, _parameters, outcome), result in zip(queue, results, strict=True):
            outcome.arrive(judge(result))


def replies(pgconn: Any, statements: int) -> Generator[Any, Any, list[Any]]:
    """Yield to psycopg what to wait for; return one result for each statement sent."""
    yield from send(pgconn)
    results = []
    for _statement in range(statements):
        [result] = yield from fetch_many(pgconn)
        results.append(result)
    yield from fetch_many(pgconn)  # the end of the message
    return results


def judge(result: Any) -> Any:
    if result.status not in GOOD:
        raise psycopg.errors.error_from_result(result)
    return result


def numbered(sql: str) -> str:
    """Return a statement with libpq's placeholders: $1, $2, ..."""
    numbers = count(1)
    return PLACEHOLDER.sub(lambda mark: f"${next(numbers)}" if mark[1] == "s" else "%", sql)
