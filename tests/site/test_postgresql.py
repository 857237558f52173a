"""What our PostgreSQL does beyond Django's: it keeps the statements of the loop."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.prepared import Given, Insertion, Selection, each
from tasks.leasing.leases import hash_of
from tasks.models import Lease
from tests.factories import make_lease, make_task, make_volunteer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL keeps statements"),
]


@Selection
def live(subjects):
    theirs = {"volunteer": Given("volunteer"), "subject__in": each("subjects", subjects)}
    return Lease.objects.filter(seat=True, used_at=None, **theirs).values_list("subject").order_by("subject")


@pytest.fixture
def kept():
    """Return the queries of leases that the server has kept since the test began."""
    before = set(statements())
    return lambda: [statement for statement in statements() if statement not in before]


def statements():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s", ["SELECT%tasks_lease%"])
        return [statement for [statement] in cursor.fetchall()]


def test_a_statement_is_kept_once_for_lists_of_about_a_length_with_its_constants_in_sight(kept):
    volunteer = make_volunteer()
    tasks = sorted((make_task() for _task in range(4)), key=lambda task: task.subject)
    for task in tasks:
        make_lease(task, volunteer)
    subjects = [task.subject for task in tasks]

    assert live.rows(volunteer=volunteer.pk, subjects=subjects) == [(subject,) for subject in subjects]
    assert live.rows(volunteer=volunteer.pk, subjects=subjects[:3]) == [(subject,) for subject in subjects[:3]]

    [statement] = kept()
    assert ('"tasks_lease"."seat"' in statement, "$5" in statement, "$6" in statement) == (True, True, False)


def test_what_django_asks_by_itself_is_not_kept(kept):
    for _again in range(10):
        list(Lease.objects.filter(pk=1))

    assert kept() == []


NEW_LEASES = Insertion(
    Lease, "project_id", "task_id", "subject", "volunteer_id", "token_hash", "created_at", "expires_at"
)


@pytest.fixture
def lease():
    """A lease and what would be a second one with its token."""
    return make_lease(make_task(), make_volunteer())


def unsaved(lease, **changes):
    again = Lease.objects.get(token_hash=hash_of(lease))
    for name, value in changes.items():
        setattr(again, name, value)
    return again


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_nobody_waits_for_is_sent_with_the_end_of_its_transaction(lease):
    with transaction.atomic():
        NEW_LEASES.many([unsaved(lease, token_hash=b"another", subject=-1)])
        assert len(connection.kept.queue) == 1

    assert Lease.objects.filter(subject=-1).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_nobody_waits_for_fails_with_its_transaction(lease):
    with pytest.raises(IntegrityError), transaction.atomic():
        NEW_LEASES.many([unsaved(lease, token_hash=b"another", subject=-1), unsaved(lease)])

    assert Lease.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_queued_goes_with_a_transaction_that_is_rolled_back(lease):
    with transaction.atomic():
        NEW_LEASES.many([unsaved(lease, token_hash=b"another", subject=-1)])
        transaction.set_rollback(True)

    assert (connection.kept.queue, Lease.objects.count()) == ([], 1)


def test_who_asks_by_a_cursor_comes_after_what_is_queued(lease):
    NEW_LEASES.many([unsaved(lease, token_hash=b"another", subject=-1)])

    assert Lease.objects.filter(subject=-1).exists()


def test_what_fails_leaves_nothing_queued_and_the_savepoint_before_it_whole(lease):
    with pytest.raises(IntegrityError), transaction.atomic():
        NEW_LEASES.many([unsaved(lease)])

    assert live.rows(volunteer=1, subjects=[1]) == []
