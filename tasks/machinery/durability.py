"""What must survive a power cut, and what need not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from accounts.prepared import ask, here


@contextmanager
def lazy_commit() -> Iterator[None]:
    """Open a transaction whose loss in a power cut costs nobody anything: leases and projections.

    Still atomic, and it survives the death of any process; on PostgreSQL the commit does not wait for the disk.
    Answers never use this: acknowledged means on disk.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            ask(here(), "SET LOCAL synchronous_commit TO off", ())  # it travels with the first statement
        yield


def sync(path: Path) -> None:
    """Make a file's content, or a folder's list of names, outlive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
