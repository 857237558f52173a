"""Statements of the loop, compiled once.

Django builds the SQL of a queryset anew at each call, which costs five to ten times what the database needs for the
statements of a lease or an answer. Here a queryset is written as everywhere, with ``Given`` where a value comes with
each run, and its SQL is kept.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, JSONField, Model, QuerySet
from django.db.models.sql import UpdateQuery

PLACEHOLDER = re.compile(r"(?<!%)%s")
PLAIN = {int, float, str, bool, bytes, type(None)}  # both databases take them as they are


class Given(Expression):
    """A value that comes with each run; ``field`` says how the database wants it, where that is not as it is."""

    def __init__(self, name: str, field: Any = None, at: int | None = None) -> None:
        super().__init__()
        self.name = name
        self.field_given = field
        self.at = at

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)

    def value(self, values: dict[str, Any], database: Any) -> Any:
        value = values[self.name] if self.at is None else values[self.name][self.at]
        return for_column(self.field_given, value, database) if self.field_given else value


def for_column(field: Any, value: Any, database: Any) -> Any:
    """Return a value as the database wants it for a column. Django looks long at numbers and texts, to no effect."""
    if type(value) in PLAIN and not isinstance(field, JSONField):
        return value
    return field.get_db_prep_save(value, database)


def each(name: str, length: int, field: Any = None) -> Any:
    """The items of a list that comes with each run, for ``…__in``."""
    return [Given(name, field, at) for at in range(length)]


def here() -> Any:
    """The connection of this thread: looked up once a run, for each look costs as much as a small statement."""
    return connections[DEFAULT_DB_ALIAS]


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of a statement: the rows that it returned, or how many it changed."""

    rows: list[tuple[Any, ...]]
    count: int


def ask(database: Any, sql: str, parameters: Sequence[Any]) -> Any:
    """Execute a statement and return its outcome, which PostgreSQL fetches only when its ``rows`` or its ``count`` are
    looked at: until then the statement may wait for others to be sent with it."""
    return database.ask(sql, parameters)


def execute(database: Any, sql: str, parameters: Sequence[Any]) -> Done:
    """Execute a statement at once, planned for these parameters."""
    with database.cursor() as cursor:
        cursor.execute(sql, parameters)
        return Done(cursor.fetchall() if cursor.description else [], cursor.rowcount)


def written(parameter: Any, database: Any) -> str:
    """Return a constant as it stands in SQL; the mark of a parameter for what is given, and on SQLite for a text."""
    if isinstance(parameter, Given):
        return "%s"
    if database.vendor == "postgresql":
        return str(database.ops.compose_sql("%s", [parameter])).replace("%", "%%")
    return str(int(parameter)) if isinstance(parameter, int) else "%s"


class Statement:
    """SQL with its parameters, some of them to be given."""

    def __init__(self, sql: str, parameters: Sequence[Any], database: Any) -> None:
        """Write into the SQL what is not given: a kept statement is planned before its parameters are known, and only
        with its constants in sight can the server tell that a partial index fits."""
        marks = [written(parameter, database) for parameter in parameters]
        pieces = PLACEHOLDER.split(sql)
        self.sql = "".join(piece + mark for piece, mark in zip(pieces, [*marks, ""], strict=True))
        self.parameters = [each for each, mark in zip(parameters, marks, strict=True) if mark == "%s"]

    def with_values(self, values: dict[str, Any], database: Any) -> list[Any]:
        return [p.value(values, database) if isinstance(p, Given) else p for p in self.parameters]


def padded(items: Sequence[Any]) -> list[Any]:
    """Repeat the last item until there are 1, 2, 4, 8, ...: few lengths make few statements; to ``…__in`` it is the
    same list."""
    return [*items, *[items[-1]] * ((1 << (len(items) - 1).bit_length()) - len(items))]


class Prepared:
    """What ``build`` describes, compiled once for each database and each length of the lists that it names.

    ``build`` takes the lengths of the lists among the values, under their names.
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build
        code = build.__code__
        self.lists = code.co_varnames[: code.co_argcount]
        self.compiled: dict[tuple[Any, ...], Any] = {}

    def finds_nothing(self, values: dict[str, Any]) -> bool:
        """Whether a list is empty: nothing is in it."""
        return not all(values[name] for name in self.lists)

    def for_values(self, values: dict[str, Any], database: Any) -> Any:
        """Return what is compiled for lists of these lengths, which are padded."""
        for name in self.lists:
            values[name] = padded(values[name])
        key = (database.vendor, *(len(values[name]) for name in self.lists))
        found = self.compiled.get(key)
        if found is None:
            found = self.compiled[key] = self.compile(self.build(*key[1:]), database)
        return found

    def compile(self, built: Any, database: Any) -> Any:
        raise NotImplementedError


class Selection(Prepared):
    """``build`` returns a queryset of ``values_list``; a run returns its rows."""

    send = staticmethod(ask)

    def compile(self, built: QuerySet, database: Any) -> tuple[Statement, Any]:
        compiler = built.query.get_compiler(connection=database)
        sql, parameters = compiler.as_sql()
        statement = Statement(sql, parameters, database)
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        return statement, compiler.get_converters(columns)

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        return self.ask(**values)()

    def ask(self, **values: Any) -> Callable[[], list[tuple[Any, ...]]]:
        """Ask for the rows; call what is returned to have them."""
        if self.finds_nothing(values):
            return list
        database = here()
        statement, converters = self.for_values(values, database)
        outcome = self.send(database, statement.sql, statement.with_values(values, database))
        if not converters:
            return lambda: outcome.rows
        return lambda: [converted(row, converters, database) for row in outcome.rows]


class Search(Selection):
    """A selection whose cost depends on whose rows it reads: its SQL is kept here, but no server keeps a plan."""

    send = staticmethod(execute)


def converted(row: Sequence[Any], converters: dict[int, Any], database: Any) -> tuple[Any, ...]:
    """Return a row as Python has it: JSON read, times aware."""
    values = list(row)
    for at, (functions, expression) in converters.items():
        for function in functions:
            values[at] = function(values[at], expression, database)
    return tuple(values)


class Update(Prepared):
    """``build`` returns a queryset and what to set; a run returns how many rows were changed, ``rows`` which ones."""

    def compile(self, built: tuple[QuerySet, dict[str, Any]], database: Any) -> Statement:
        rows, values = built
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values({name: self._given(rows.model, name, value) for name, value in values.items()})
        sql, parameters = query.get_compiler(connection=database).as_sql()
        return Statement(sql, parameters, database)

    def run(self, **values: Any) -> int:
        return self.ask(**values).count

    def rows(self, **values: Any) -> list[tuple[int]]:
        """Return the ids of the rows that were changed."""
        return self._ask(values, " RETURNING id").rows

    def ask(self, **values: Any) -> Any:
        """Return the outcome without looking at it."""
        return self._ask(values)

    def _ask(self, values: dict[str, Any], ending: str = "") -> Any:
        if self.finds_nothing(values):
            return Done([], 0)
        database = here()
        statement = self.for_values(values, database)
        return ask(database, statement.sql + ending, statement.with_values(values, database))

    @staticmethod
    def _given(model: type[Model], name: str, value: Any) -> Any:
        return Given(value.name, model._meta.get_field(name)) if isinstance(value, Given) else value


class Insertion:
    """New rows of a model with values for the fields named; the other columns take the database's default.

    ``once``: a row that is there already (by whatever unique key) is left as it is.
    """

    def __init__(self, model: type[Model], *names: str, once: bool = False) -> None:
        self.once = once
        self.table = model._meta.db_table
        self.fields: dict[str, Any] = {name: model._meta.get_field(name) for name in names}

    def sql(self, rows: int = 1) -> str:
        columns = ", ".join(f'"{field.column}"' for field in self.fields.values())
        marks = f"({', '.join(['%s'] * len(self.fields))})"
        suffix = " ON CONFLICT DO NOTHING" if self.once else ""
        return f'INSERT INTO "{self.table}" ({columns}) VALUES {", ".join([marks] * rows)}{suffix}'

    @cached_property
    def returning_id(self) -> str:
        return f"{self.sql()} RETURNING id"

    def one(self, **values: Any) -> int:
        """Insert a row and return its id."""
        return self.ask(**values)()

    def ask(self, **values: Any) -> Callable[[], int]:
        """Insert a row; call what is returned to have its id."""
        outcome = self._inserted(values)
        return lambda: outcome.rows[0][0]

    def is_new(self, **values: Any) -> bool:
        """Insert a row; False where it was there already."""
        return bool(self._inserted(values).rows)

    def many(self, rows: Iterable[object]) -> None:
        """Insert some rows, tens at most, from what has attributes of these names; their ids stay unknown."""
        database = here()
        prepared = [self._prepared(partial(getattr, row), database) for row in rows]
        if prepared:
            ask(database, self.sql(len(prepared)), [value for row in prepared for value in row])

    def _inserted(self, values: dict[str, Any]) -> Any:
        database = here()
        return ask(database, self.returning_id, self._prepared(values.__getitem__, database))

    def _prepared(self, value_of: Callable[[str], Any], database: Any) -> list[Any]:
        return [for_column(field, value_of(name), database) for name, field in self.fields.items()]
