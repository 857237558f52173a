import pytest

from accounts.models import Membership
from tests.factories import make_organisation, make_volunteer


@pytest.fixture
def archive():
    return make_organisation(name="Archive of Turku", slug="turku")


@pytest.fixture
def hire(archive):
    """``hire(role)`` makes a member of the archive."""

    def member(role, username=None):
        names = {"username": username, "display_name": username} if username else {}
        person = make_volunteer(password="md5$a$b", **names)
        Membership.objects.create(organisation=archive, volunteer=person, role=role)
        return person

    return member


@pytest.fixture
def archivist(client, hire):
    """An archivist who sits at the desk: ``client`` is signed in."""
    person = hire("archivist", "aino")
    client.force_login(person)
    return person
