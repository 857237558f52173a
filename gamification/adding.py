"""Sums kept in rows: one statement adds to many of them and makes those that are missing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import batched
from typing import Any

from django.db import connection, models

ROWS_PER_STATEMENT = 1000  # SQLite takes at most 32,766 parameters


def add_up[Key: tuple[Any, ...]](
    model: type[models.Model], key: Sequence[str], amounts: Sequence[str], changes: Mapping[Key, Sequence[int]]
) -> Iterator[tuple[Key, tuple[int, ...]]]:
    """Add ``changes``, ``{key values: amounts}``, to the rows of ``model`` and yield ``(key values, new sums)``.

    The rows are written in the order of their keys, so that two writers at once queue and never deadlock.
    """
    columns = [model._meta.get_field(name) for name in (*key, *amounts)]
    for part in batched(sorted(changes.items()), ROWS_PER_STATEMENT):
        keys = {spelled(values): values for values, _added in part}
        parameters = [prepared(value) for values, added in part for value in (*values, *added)]
        with connection.cursor() as cursor:
            cursor.execute(statement(model, columns, len(key), len(part)), parameters)
            for row in cursor.fetchall():
                yield keys[spelled(row[: len(key)])], row[len(key) :]


def spelled(values: Iterable[Any]) -> tuple[str, ...]:
    """Return a key in a form that does not depend on how a database's driver returns dates."""
    return tuple(map(str, values))


def prepared(value: Any) -> Any:
    """Return a number or date as the database's driver takes it."""
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def statement(model: type[models.Model], columns: Sequence[Any], keys: int, rows: int) -> str:
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = [quote(column.column) for column in columns]
    one_row = f"({', '.join(['%s'] * len(names))})"
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names[keys:])
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES {', '.join([one_row] * rows)} "
        f"ON CONFLICT ({', '.join(names[:keys])}) DO UPDATE SET {sums} RETURNING {', '.join(names)}"
    )
