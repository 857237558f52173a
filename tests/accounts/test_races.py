"""Several at the same moment: the trail stays one chain, guesses are all counted, an owner remains."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from accounts.audit import first_broken, record
from accounts.models import Act, Membership
from accounts.signing_in import FREE_TRIES, Braked, count_try, name_digest
from accounts.teaming import TeamError, remove_member
from tests.factories import make_organisation, make_volunteer

pytestmark = pytest.mark.django_db(transaction=True)


def together(count, call):
    """Run ``call(n)`` in that many threads at once and return what they gave, or the error they raised."""
    start = Barrier(count)

    def one(number):
        start.wait(20)
        try:
            return call(number)
        except (Braked, TeamError) as error:
            return type(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_a_trail_written_by_many_at_once_is_one_chain():
    organisation, who = make_organisation(), make_volunteer()

    together(8, lambda number: record(organisation, who, "project.changed", number=number).number)

    assert (Act.objects.count(), first_broken(organisation)) == (8, None)


def test_guesses_at_the_same_moment_are_all_counted():
    now = timezone.now()

    tries = together(12, lambda number: count_try(name_digest("aino"), now))

    assert (tries.count(None), tries.count(Braked)) == (FREE_TRIES, 12 - FREE_TRIES)


def test_of_two_owners_who_remove_each_other_one_stays():
    organisation = make_organisation()
    owners = [
        Membership.objects.create(organisation=organisation, volunteer=make_volunteer(), role="owner") for _ in range(2)
    ]

    ends = together(2, lambda number: remove_member(owners[number], owners[1 - number].volunteer))

    assert sorted(map(str, ends)) == sorted(map(str, [None, TeamError]))
    assert Membership.objects.filter(role="owner").count() == 1
