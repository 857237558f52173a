"""Django's PostgreSQL, with cursors whose statements the server keeps parsed and planned.

Django sends every statement as text with its values written in, to be parsed and planned anew. The statements of the
loop (``accounts/prepared.py``) are the same all day: kept by the server, they cost it half as much. All others go the
usual way, where a plan made for anybody's values could be a bad one for somebody's.
"""

import time
from typing import Any

import psycopg
from django.db.backends.postgresql import base

TRUSTED = 5.0  # seconds that a connection which has just worked is not asked whether it still does
NEVER_BY_ITSELF = 2**31 - 1  # psycopg keeps a statement only when it is told to


class KeptCursor(psycopg.Cursor):
    """One for all prepared statements of a connection: whoever uses it reads all rows before the next statement."""

    def close(self) -> None:
        pass

    def execute(self, query: Any, params: Any = None, **options: Any) -> "KeptCursor":
        return super().execute(query, params, prepare=True, **options)


Base: Any = base.DatabaseWrapper  # its stubs do not know the methods that make a cursor


class DatabaseWrapper(Base):
    trusted_until = 0.0
    kept: KeptCursor | None = None

    def close_if_health_check_failed(self) -> None:
        """Ask a connection at the beginning of a request, but not one that has just worked: under load that question
        was one in thirty. An error still makes Django look."""
        if time.monotonic() < self.trusted_until:
            self.health_check_done = True
        super().close_if_health_check_failed()
        self.trusted_until = time.monotonic() + TRUSTED

    def get_connection_params(self) -> dict[str, Any]:
        return super().get_connection_params() | {"prepare_threshold": NEVER_BY_ITSELF}

    def prepared_cursor(self) -> Any:
        """Return a cursor that asks the server to keep what it executes."""
        self.ensure_connection()
        if self.kept is None or self.kept.connection is not self.connection:
            with self.wrap_database_errors:
                self.kept = KeptCursor(self.connection)
        return self._prepare_cursor(self.kept)
