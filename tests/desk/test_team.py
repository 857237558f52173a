"""Who is in the team, the tokens of its programs, and the trail of what everyone did."""

import pytest

from accounts.audit import record
from accounts.authentication import NotSignedIn, bearer_of
from accounts.models import Act, Membership, Token
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


def test_an_owner_adds_changes_and_removes_a_member(client, owner, archive):
    make_volunteer(username="ben", password="md5$a$b")

    client.post("/desk/team/turku/add/", {"username": "ben", "role": "reviewer"})
    assert roles(archive) == {"olga": "owner", "ben": "reviewer"}

    ben = Membership.objects.get(volunteer__username="ben")
    client.post(f"/desk/team/members/{ben.pk}/", {"role": "archivist"})
    assert roles(archive) == {"olga": "owner", "ben": "archivist"}

    client.post(f"/desk/team/members/{ben.pk}/", {"remove": "1"})
    assert roles(archive) == {"olga": "owner"}
    assert acts() == ["member.added", "member.changed", "member.removed"]


@pytest.mark.parametrize(
    ("username", "sentence"),
    [
        ("nobody", "There is no account “nobody”."),
        ("guest", "There is no account “guest”."),  # somebody who plays without a password
        ("olga", "“olga” is in the team already"),
    ],
)
def test_whoever_cannot_be_added_is_told_why(client, owner, archive, username, sentence):
    make_volunteer(username="guest")

    reply = client.post("/desk/team/turku/add/", {"username": username, "role": "reviewer"})

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

    assert client.post("/desk/team/elsewhere/add/", {"username": "olga", "role": "owner"}).status_code == 404
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
    make_volunteer(username="ben", password="md5$a$b")
    client.post("/desk/team/turku/add/", {"username": "ben", "role": "reviewer"})

    page = client.get("/desk/audit/?check").content.decode()

    assert [words for words in ("olga", "added a member", "The trail is whole") if words not in page] == []


def test_a_long_trail_is_read_in_parts(client, owner, archive, django_assert_max_num_queries):
    for _ in range(120):
        record(archive, owner, "project.changed")

    with django_assert_max_num_queries(8):
        first = client.get("/desk/audit/").context
    second = client.get(f"/desk/audit/?before={first['older']}").context
    third = client.get(f"/desk/audit/?before={second['older']}").context

    assert [len(part["entries"]) for part in (first, second, third)] == [50, 50, 20]
    assert [part["older"] for part in (first, second, third)] == [71, 21, None]
