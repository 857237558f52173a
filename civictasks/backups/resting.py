"""A restore needs the site at rest: else running processes would write into what it brings back, or lose it again."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from civictasks.embedded.holding import FolderHeld, held

from .errors import BackupError

SESSIONS = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
SESSIONS += "application_name = %s LIMIT 1"


@contextmanager
def site_at_rest() -> Iterator[None]:
    """Let no demo start during the block. Raises ``BackupError`` while the site runs."""
    try:
        with held(settings.DATA):
            if others_hold_database():
                raise BackupError(
                    "The site is running: other processes have its database open. Stop web servers, workers and "
                    "sweeper, then restore. Nothing was changed."
                )
            yield
    except FolderHeld:
        raise BackupError(
            f"The site is running on the data folder {settings.DATA}. Stop it (the demo by Ctrl-C), then restore. "
            "Nothing was changed."
        ) from None


def others_hold_database() -> bool:
    return sessions_on_postgresql() if connection.vendor == "postgresql" else sqlite_is_open_elsewhere()


def sessions_on_postgresql() -> bool:
    """Whether others of the site are connected, from whatever machine; an operator's ``psql`` is none of the site."""
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS, [connection.settings_dict["OPTIONS"]["application_name"]])
        return cursor.fetchone() is not None


def sqlite_is_open_elsewhere() -> bool:
    """In WAL mode each open connection holds a lock, busy or not: whoever gets an exclusive one is alone."""
    connection.close()
    path = Path(connection.settings_dict["NAME"])
    if not path.exists():
        return False
    own = sqlite3.connect(path, timeout=1, isolation_level=None)
    try:
        own.execute("PRAGMA locking_mode=EXCLUSIVE")
        own.execute("BEGIN EXCLUSIVE")
        own.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return True
    finally:
        own.close()
    return False
