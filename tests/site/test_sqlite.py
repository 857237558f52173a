import sqlite3
import threading

import pytest
from django.db import OperationalError, connection, connections, transaction

from accounts.models import Organisation
from civictasks.sqlite import base
from civictasks.sqlite.base import turns
from tasks.machinery.snapshot import one_moment

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite alone"),
]


@pytest.fixture
def turn():
    return turns[str(connection.settings_dict["NAME"])]


def test_a_writing_transaction_holds_the_turn_until_it_ends(turn):
    held = [turn.locked()]
    with transaction.atomic(), transaction.atomic():
        held.append(turn.locked())
    held.append(turn.locked())

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _ = 1 / 0
    held.append(turn.locked())

    with transaction.atomic():
        connection.close()
    held.append(turn.locked())

    assert held == [False, True, False, False, False]


def test_who_only_reads_waits_for_nobody(turn):
    Organisation.objects.create(name="An archive", slug="archive")
    with turn, one_moment():
        assert Organisation.objects.count() == 1


def test_a_turn_that_never_comes_is_an_error_as_of_a_locked_database(turn, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.01)
    with turn, pytest.raises(OperationalError), transaction.atomic():
        Organisation.objects.create(name="An archive", slug="archive")

    with transaction.atomic():
        assert not Organisation.objects.exists()


def test_a_thread_that_waited_goes_on_when_the_other_has_committed(turn):
    seen = []

    def look() -> None:
        with transaction.atomic():
            seen.append(Organisation.objects.count())
        connections.close_all()

    with transaction.atomic():
        other = threading.Thread(target=look)
        other.start()
        Organisation.objects.create(name="An archive", slug="archive")
    other.join()

    assert seen == [1]


@pytest.fixture
def other_process():
    """A connection that knows nothing of turns, as in another process."""
    name = str(connection.settings_dict["NAME"])
    other = sqlite3.connect(name, timeout=0, isolation_level=None, uri=name.startswith("file:"))
    yield other
    other.close()


def patience():
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA busy_timeout").fetchone()[0]


def test_a_transaction_begins_when_another_process_has_committed(other_process, monkeypatch):
    waits = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            other_process.execute("COMMIT")

    monkeypatch.setattr(base.time, "sleep", wait)
    connection.ensure_connection()
    other_process.execute("BEGIN IMMEDIATE")

    with transaction.atomic():
        Organisation.objects.create(name="An archive", slug="archive")

    assert (len(waits), patience()) == (3, 20_000)


def test_another_process_that_never_ends_is_an_error_and_patience_comes_back(other_process, monkeypatch, turn):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.01)
    other_process.execute("BEGIN IMMEDIATE")

    with pytest.raises(OperationalError, match="locked"), transaction.atomic():
        Organisation.objects.create(name="An archive", slug="archive")

    assert (turn.locked(), patience()) == (False, 10)
