"""How much a commit must survive."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def lazy_commit() -> Iterator[None]:
    """Open a transaction whose loss in a power cut costs nobody anything: leases and projections.

    Still atomic, and it survives the death of any process; on PostgreSQL the commit does not wait for the disk.
    Answers never use this: acknowledged means on disk.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
        yield
