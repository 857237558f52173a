"""Django's PostgreSQL, with statements that the server keeps parsed and planned.

Django sends every statement as text with its values written in, to be parsed and planned anew. The statements of the
loop (``accounts/prepared.py``) are the same all day: kept by the server, they cost it half as much. All others go the
usual way, where a plan made for anybody's values could be a bad one for somebody's.
"""

import time
from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.utils import debug_transaction

from .kept import KeptStatements, Outcome

TRUSTED = 5.0  # seconds that a connection which has just worked is not asked whether it still does

Base: Any = base.DatabaseWrapper  # its stubs do not know the methods that make a cursor


class DatabaseWrapper(Base):
    trusted_until = 0.0
    kept: KeptStatements  # of the connection, once there is one

    def close_if_health_check_failed(self) -> None:
        """Ask a connection at the beginning of a request, but not one that has just worked: under load that question
        was one in thirty. An error still makes Django look."""
        if time.monotonic() < self.trusted_until:
            self.health_check_done = True
        super().close_if_health_check_failed()
        self.trusted_until = time.monotonic() + TRUSTED

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        self.kept = KeptStatements(connection, self.wrap_database_errors)
        return connection

    def ask(self, sql: str, parameters: Sequence[Any]) -> Outcome:
        """Execute a statement that the server keeps; in a transaction it is sent once its outcome is asked for, or with
        whatever comes next."""
        if not self.in_atomic_block:
            self.close_if_health_check_failed()
        self.ensure_connection()
        if self.queries_logged or self.execute_wrappers:
            return self._prepare_cursor(self.kept).execute(sql, parameters)
        self.validate_no_broken_transaction()
        return self.kept.execute(sql, parameters)

    def create_cursor(self, name: str | None = None) -> Any:
        """Whoever comes with a cursor of their own comes after what is queued."""
        self.kept.send()
        return super().create_cursor(name)

    def _commit(self) -> None:
        if self.connection is not None:
            with debug_transaction(self, "COMMIT"):
                self.kept.commit()

    def _rollback(self) -> None:
        if self.connection is not None:
            self.kept.forget()
        super()._rollback()
