import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection

from accounts.enums import Role
from accounts.models import Membership

from .emptying import empty_tables, filled_tables
from .factories import make_task, post_answer


@pytest.mark.django_db(transaction=True)
def test_every_row_goes_but_those_that_the_database_began_with():
    permissions = Permission.objects.count()
    post_answer(make_task(), "Helsinki")

    empty_tables()

    with connection.cursor() as cursor:
        assert filled_tables(cursor) == []
    assert Permission.objects.count() == permissions > 0
    with pytest.raises(IntegrityError):
        Membership.objects.create(organisation_id=1, volunteer_id=1, role=Role.OWNER)
