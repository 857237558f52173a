"""Django's PostgreSQL, with cursors whose statements the server keeps parsed and planned.

Django sends every statement as text with its values written in, to be parsed and planned anew. The statements of the
loop (``accounts/prepared.py``) are the same all day: kept by the server, they cost it half as much. All others go the
usual way, where a plan made for anybody's values could be a bad one for somebody's.
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base

NEVER_BY_ITSELF = 2**31 - 1  # psycopg keeps a statement only when it is told to


class KeptCursor(psycopg.Cursor):
    def execute(self, query: Any, params: Any = None, **options: Any) -> "KeptCursor":
        return super().execute(query, params, prepare=True, **options)


Base: Any = base.DatabaseWrapper  # its stubs do not know the methods that make a cursor


class DatabaseWrapper(Base):
    def get_connection_params(self) -> dict[str, Any]:
        return super().get_connection_params() | {"prepare_threshold": NEVER_BY_ITSELF}

    def prepared_cursor(self) -> Any:
        """Return a cursor that asks the server to keep what it executes."""
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(KeptCursor(self.connection))
