import pytest
from django.core.management import CommandError, call_command

from accounts.models import Act, Membership, Volunteer
from tests.factories import make_volunteer

pytestmark = pytest.mark.django_db


def test_the_first_owner_gets_an_organisation_an_account_and_a_password_that_opens_the_desk(client, capsys):
    call_command("add_member", "City Archive of Turku", "olga")

    password = capsys.readouterr().out.split("password ")[1].split()[0]
    member = Membership.objects.get()
    assert (member.organisation.name, member.organisation.slug) == ("City Archive of Turku", "city-archive-of-turku")
    assert (member.role, Act.objects.get().what) == ("owner", "member.added")
    assert client.post("/desk/sign-in/", {"username": "olga", "password": password}).url == "/desk/"


def test_who_has_an_account_keeps_its_password_and_gets_the_role(capsys):
    make_volunteer(username="ben", password="md5$a$b")

    call_command("add_member", "Turku", "ben", "--role", "reviewer")
    call_command("add_member", "turku", "ben", "--role", "archivist")

    assert (Membership.objects.get().role, Volunteer.objects.get().password) == ("archivist", "md5$a$b")
    assert "password" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("organisation", "username", "sentence"),
    [("東京", "olga", "needs some letters or digits"), ("Turku", "o" * 33, "has 3 to 32 letters")],
)
def test_a_name_that_cannot_be_is_refused_with_a_sentence(organisation, username, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("add_member", organisation, username)

    assert Membership.objects.count() == 0
