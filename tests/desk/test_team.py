"""Who is in the team, the tokens of its programs, and the trail of what everyone did."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts.audit import record
from accounts.authentication import NotSignedIn, bearer_of
from accounts.models import INVITED_FOR, Act, Invitation, Membership, Token, Volunteer
from tests.factories import make_organisation, make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client, hire):
    person = hire("owner", "olga")
    client.force_login(person)
    return person


def roles(archive):
    return dict(Membership.objects.filter(organisation=archive).values_list("volunteer__username", "role"))


def acts():
    return list(Act.objects.order_by("pk").values_list("what", flat=True))


def invite(client, username="ben", role="reviewer", **more):
    return client.post("/desk/team/turku/invite/", {"username": username, "role": role}, **more)


def invited(page):
    """Return the names that the page of a team shows as invited."""
    return re.findall(r'<p><b>([^<]+)</b>[^\n]*\n[^\n]*<span class="badge">invited</span>', page.text)


@pytest.fixture
def ben():
    """Somebody with an account, in a browser of their own."""
    browser = Client()
    browser.force_login(make_volunteer(username="ben", password="md5$a$b"))
    return browser


def test_an_owner_invites_changes_and_removes_a_member(client, owner, archive, ben):
    invite(client)
    assert (roles(archive), invited(client.get("/desk/team/"))) == ({"olga": "owner"}, ["ben"])
    assert ben.get("/desk/").url == "/me/"
    assert "Archive of Turku invites you" in ben.get("/me/").text

    joined = ben.post(f"/me/invitations/{Invitation.objects.get().pk}/", {"accept": "1"}, follow=True)
    assert "Welcome to the team of Archive of Turku." in joined.text
    assert ben.session.get_expiry_age() <= 12 * 3600
    assert (roles(archive), invited(client.get("/desk/team/"))) == ({"olga": "owner", "ben": "reviewer"}, [])

    ben = Membership.objects.get(volunteer__username="ben")
    client.post(f"/desk/team/members/{ben.pk}/", {"role": "archivist"})
    assert roles(archive) == {"olga": "owner", "ben": "archivist"}

    client.post(f"/desk/team/members/{ben.pk}/", {"remove": "1"})
    assert roles(archive) == {"olga": "owner"}
    assert acts() == ["member.invited", "member.joined", "member.changed", "member.removed"]


def test_an_owner_cannot_tell_whether_a_name_is_anybodys(client, owner, ben):
    heard = {}
    for name in ("ben", "abc"):
        invite(client, name)
        pages = client.get("/desk/team/").text + client.get("/desk/audit/").text
        heard[name] = re.sub(r"\d+|csrfmiddlewaretoken. value=.\w+", "N", pages.replace(name, "NAME"))
        client.post(f"/desk/team/invitations/{Invitation.objects.get().pk}/revoke/")
        assert invited(client.get("/desk/team/")) == []
        Act.objects.all()._raw_delete("default")

    assert heard["ben"] == heard["abc"]


def test_whoever_takes_a_name_later_is_not_invited_by_it(client, owner):
    invite(client)
    late = make_volunteer(username="ben", password="md5$a$b")
    late_browser = Client()
    late_browser.force_login(late)

    assert late_browser.post(f"/me/invitations/{Invitation.objects.get().pk}/", {"accept": "1"}).url == "/me/"
    assert not late.membership_set.exists()

    invite(client)
    assert Invitation.objects.get().volunteer == late


def test_an_invitation_stands_once_and_takes_the_role_named_last(client, owner, ben):
    for role in ("reviewer", "reviewer", "archivist"):
        invite(client, role=role)

    assert list(Invitation.objects.values_list("username", "role")) == [("ben", "archivist")]
    assert acts() == ["member.invited", "member.invited"]


def test_who_declines_is_named_to_nobody(client, owner, archive, ben):
    invite(client)
    number = Invitation.objects.get().pk

    ben.post(f"/me/invitations/{number}/", {"decline": "1"})
    again = ben.post(f"/me/invitations/{number}/", {"accept": "1"}, follow=True)

    assert "This invitation is no longer there" in again.text
    assert (roles(archive), acts()) == ({"olga": "owner"}, ["member.invited", "invitation.declined"])
    assert Act.objects.last().volunteer is None


def test_an_invitation_opens_nothing_to_strangers_nor_after_it_was_revoked(client, owner, archive, ben, hire):
    invite(client)
    number = Invitation.objects.get().pk
    stranger = Client()
    stranger.force_login(make_volunteer(password="md5$a$b"))

    stranger.post(f"/me/invitations/{number}/", {"accept": "1"})
    for _twice in range(2):
        client.post(f"/desk/team/invitations/{number}/revoke/")
    ben.post(f"/me/invitations/{number}/", {"accept": "1"})

    assert (roles(archive), acts()) == ({"olga": "owner"}, ["member.invited", "invitation.revoked"])
    refused = ben.get("/desk/")
    assert (refused.status_code, "Your account is in no team yet." in refused.text) == (403, True)


def test_an_invitation_is_over_after_two_weeks_and_may_be_made_again(client, owner, archive, ben):
    invite(client)
    number = Invitation.objects.get().pk
    Invitation.objects.update(created_at=timezone.now() - INVITED_FOR)

    refused = ben.post(f"/me/invitations/{number}/", {"accept": "1"}, follow=True)
    assert refused.text.count("This invitation is over: it held for two weeks.") == 2  # said, and where it stands
    assert 'name="accept"' not in refused.text
    assert (roles(archive), "Invite again" in client.get("/desk/team/").text) == ({"olga": "owner"}, True)

    invite(client)
    assert invited(client.get("/desk/team/")) == ["ben"]
    ben.post(f"/me/invitations/{number}/", {"accept": "1"})

    assert roles(archive) == {"olga": "owner", "ben": "reviewer"}
    assert acts() == ["member.invited", "member.invited", "member.joined"]


def test_a_member_elsewhere_finds_an_invitation_at_their_desk(client, owner, ben):
    person = Volunteer.objects.get(username="ben")
    Membership.objects.create(organisation=make_organisation(), volunteer=person, role="reviewer")
    invite(client)

    assert "Archive of Turku invites you" in ben.get("/desk/").text


@pytest.mark.parametrize(
    ("username", "sentence"),
    [
        ("two words", "A user name has 3 to 32 letters"),
        ("olga", "“olga” is in the team already"),
    ],
)
def test_whoever_cannot_be_invited_is_told_why(client, owner, archive, username, sentence):
    reply = invite(client, username)

    assert (reply.status_code, sentence in reply.content.decode()) == (422, True)
    assert f'value="{username}"' in reply.content.decode()
    assert acts() == []


@pytest.mark.parametrize("form", [{"remove": "1"}, {"role": "reviewer"}])
def test_the_last_owner_stays(client, owner, archive, form):
    olga = Membership.objects.get()

    page = client.post(f"/desk/team/members/{olga.pk}/", form, follow=True).content.decode()

    assert "An organisation needs an owner: make somebody else one first." in page
    assert roles(archive) == {"olga": "owner"}


def test_one_of_two_owners_may_go_and_leaves_the_desk(client, owner, archive, hire):
    hire("owner", "otto")

    reply = client.post(f"/desk/team/members/{owner.membership_set.get().pk}/", {"remove": "1"})

    assert (reply.url, roles(archive)) == ("/", {"otto": "owner"})


def test_an_owner_of_one_organisation_keeps_no_other_team(client, owner):
    elsewhere = make_organisation(slug="elsewhere")
    stranger = Membership.objects.create(organisation=elsewhere, volunteer=make_volunteer(), role="owner")
    Membership.objects.create(organisation=elsewhere, volunteer=owner, role="archivist")

    assert client.post("/desk/team/elsewhere/invite/", {"username": "olga", "role": "owner"}).status_code == 404
    assert client.post(f"/desk/team/members/{stranger.pk}/", {"remove": "1"}).status_code == 404
    assert client.get("/desk/audit/?of=elsewhere").status_code == 404


def test_a_token_is_shown_once_and_works_until_it_is_revoked(client, owner):
    page = client.post("/desk/team/tokens/", {"name": "scanner", "scopes": ["ingest"]})
    text = page.context["issued"]

    assert bearer_of(text).scopes == {"ingest"}
    assert text in page.content.decode()
    assert text not in client.get("/desk/team/").content.decode()
    assert "no-store" in page.headers["Cache-Control"]

    client.post(f"/desk/team/tokens/{Token.objects.get().pk}/revoke/")
    with pytest.raises(NotSignedIn):
        bearer_of(text)
    assert acts() == ["token.issued", "token.revoked"]


@pytest.mark.parametrize("form", [{"name": "", "scopes": ["ingest"]}, {"name": "x"}, {"name": "x", "scopes": ["all"]}])
def test_a_faulty_token_is_not_made(client, owner, form):
    assert client.post("/desk/team/tokens/", form).status_code == 422
    assert Token.objects.count() == 0


def test_nobody_revokes_the_token_of_another(client, owner, hire):
    token = Token.objects.create(volunteer=hire("archivist"), name="theirs", digest=b"x")

    assert client.post(f"/desk/team/tokens/{token.pk}/revoke/").status_code == 404


def test_the_trail_tells_who_did_what_and_whether_it_is_whole(client, owner, archive):
    invite(client)

    page = client.get("/desk/audit/?check").content.decode()

    assert [words for words in ("olga", "invited a member", "The trail is whole") if words not in page] == []


def test_of_several_trails_the_one_with_the_newest_line_is_shown_first(client, owner, archive):
    Membership.objects.create(organisation=make_organisation(name="Attic"), volunteer=owner, role="owner")
    record(archive, owner, "project.changed")

    assert client.get("/desk/audit/").context["organisation"] == archive


def test_a_long_trail_is_read_in_parts(client, owner, archive, django_assert_max_num_queries):
    for _ in range(120):
        record(archive, owner, "project.changed")

    with django_assert_max_num_queries(8):
        first = client.get("/desk/audit/").context
    second = client.get(f"/desk/audit/?before={first['older']}").context
    third = client.get(f"/desk/audit/?before={second['older']}").context

    assert [len(part["entries"]) for part in (first, second, third)] == [50, 50, 20]
    assert [part["older"] for part in (first, second, third)] == [71, 21, None]
