"""Read for minutes what was true at one moment, and hold up no volunteer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside sees the same moment of the database; nobody's writing waits for it.

    On SQLite the usual transaction is IMMEDIATE and would keep every writer out, so this one is DEFERRED: in WAL mode
    its first read fixes the moment. On PostgreSQL it is REPEATABLE READ. Write nothing inside.
    """
    outermost = not connection.in_atomic_block
    with beginning_deferred(), transaction.atomic(durable=True):
        if outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def beginning_deferred() -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()  # connecting sets the mode from the settings
    sqlite: Any = connection
    usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        yield
    finally:
        sqlite.transaction_mode = usual
