"""What our PostgreSQL does beyond Django's: it keeps the statements of the loop."""

import pytest
from django.db import connection

from accounts.prepared import Given, Selection, each
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


def kept():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s", ["%tasks_lease%"])
        return [statement for [statement] in cursor.fetchall()]


def test_a_statement_is_kept_once_for_lists_of_about_a_length_with_its_constants_in_sight():
    volunteer = make_volunteer()
    tasks = sorted((make_task() for _task in range(4)), key=lambda task: task.subject)
    for task in tasks:
        make_lease(task, volunteer)
    subjects = [task.subject for task in tasks]

    assert live.rows(volunteer=volunteer.pk, subjects=subjects) == [(subject,) for subject in subjects]
    assert live.rows(volunteer=volunteer.pk, subjects=subjects[:3]) == [(subject,) for subject in subjects[:3]]

    [statement] = kept()
    assert ('"tasks_lease"."seat"' in statement, "$5" in statement, "$6" in statement) == (True, True, False)


def test_what_django_asks_by_itself_is_not_kept():
    for _again in range(10):
        list(Lease.objects.filter(pk=1))

    assert kept() == []
