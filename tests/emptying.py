"""After a test that commits, the tables that hold rows are emptied, and no others.

Django truncates all of them and makes its permissions anew. Of forty tables a test fills a few, and nobody asks for
permissions; on PostgreSQL this took longer than most of such tests.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}  # filled when the database was made


def filled_tables(cursor) -> list[str]:
    tables = sorted(set(connection.introspection.table_names(cursor)) - KEPT)
    cursor.execute(f"SELECT {', '.join(f'EXISTS (SELECT 1 FROM "{table}")' for table in tables)}")
    return [table for table, rows in zip(tables, cursor.fetchone(), strict=True) if rows]


def empty_tables(_case: TransactionTestCase | None = None) -> None:
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")  # in any order, and nothing is looked up
        for table in filled_tables(cursor):
            cursor.execute(f'DELETE FROM "{table}"')
