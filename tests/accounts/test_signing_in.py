"""Sign in by password: for members of an organisation and for volunteers with an account."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import signing_in
from accounts.devices import device_digest
from accounts.models import Guess, Membership, Volunteer
from accounts.signing_in import FREE_TRIES, Braked, count_try, name_digest, wait_after
from tests.factories import make_organisation, make_volunteer

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/sign-in/"


@pytest.fixture
def archivist():
    account = make_volunteer(username="aino")
    account.set_password("kept in a drawer")
    account.save()
    Membership.objects.create(organisation=make_organisation(), volunteer=account, role="archivist")
    return account


def sign_in(client, username="aino", password="kept in a drawer", **more):
    return client.post(ADDRESS, {"username": username, "password": password} | more)


def test_a_member_signs_in_and_stands_at_the_desk(client, archivist):
    reply = sign_in(client)

    assert (reply.status_code, reply.url) == (302, "/desk/")
    assert client.get("/desk/").status_code == 200


def test_a_volunteer_with_an_account_comes_to_their_own_page(client):
    account = make_volunteer(username="reader")
    account.set_password("by the window")
    account.save()

    assert sign_in(client, "reader", "by the window").url == "/me/"


def test_a_members_session_ends_after_a_working_day(client, archivist):
    sign_in(client)

    assert 0 < client.session.get_expiry_age() <= 12 * 3600


@pytest.mark.parametrize(
    ("wish", "destination"),
    [
        ("/desk/team/", "/desk/team/"),
        ("https://elsewhere.example/", "/desk/"),
        ("//elsewhere.example/", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
        ("nowhere", "/desk/"),
        ("", "/desk/"),
    ],
)
def test_after_signing_in_one_goes_on_only_within_this_site(client, archivist, wish, destination):
    assert sign_in(client, next=wish).url == destination


def test_reading_the_page_sets_no_cookie(client):
    assert dict(client.get(ADDRESS).cookies) == {}


def test_the_session_of_an_anonymous_volunteer_ends_with_the_sign_in(client, archivist):
    anonymous = Volunteer.objects.anonymous()
    client.force_login(anonymous)
    before = client.session.session_key

    sign_in(client)

    assert client.session[SESSION_KEY] == str(archivist.pk)
    assert client.session.session_key != before
    assert not type(client.session)(before).exists(before)


def test_with_a_session_the_form_needs_its_token(archivist):
    client = Client(enforce_csrf_checks=True)
    client.force_login(Volunteer.objects.anonymous())

    assert sign_in(client).status_code == 403

    page = client.get(ADDRESS)
    assert sign_in(client, csrfmiddlewaretoken=page.context["csrf_token"]).status_code == 302


def test_another_site_cannot_sign_anyone_in(archivist):
    client = Client(enforce_csrf_checks=True, headers={"Origin": "https://elsewhere.example"})

    assert sign_in(client).status_code == 403


@pytest.mark.parametrize(
    ("username", "password"),
    [("aino", "wrong"), ("nobody", "wrong"), ("Aino", "kept in a drawer"), ("nob\0dy", "wrong")],
)
def test_a_wrong_password_and_an_unknown_name_get_the_same_sentence(client, archivist, username, password):
    reply = sign_in(client, username, password)

    assert reply.status_code == 422
    assert "Name and password do not fit together" in reply.content.decode()
    assert f'value="{username}"' in reply.content.decode()
    assert password not in reply.content.decode()


def test_an_unknown_name_and_one_without_password_cost_as_much_as_a_known_one(client, archivist, monkeypatch):
    make_volunteer(username="guest")
    hashed = []
    monkeypatch.setattr(
        "django.contrib.auth.hashers.MD5PasswordHasher.encode",
        lambda self, password, salt: hashed.append(password) or f"md5${salt}$x",
    )
    costs = {}

    for name in ("aino", "nobody", "guest"):
        sign_in(client, name, "wrong")
        costs[name], hashed[:] = len(hashed), []

    assert costs == {"aino": 1, "nobody": 1, "guest": 1}


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 0), (4, 0), (5, 10), (6, 20), (7, 40), (11, 640), (12, 900), (1000, 900)]
)
def test_after_five_tries_in_vain_the_wait_doubles_up_to_a_quarter_of_an_hour(failures, seconds):
    assert wait_after(failures) == timedelta(seconds=seconds)


def test_a_braked_name_is_told_how_long_to_wait_and_not_even_the_right_password_helps(client, archivist):
    for _ in range(FREE_TRIES):
        sign_in(client, password="wrong")

    reply = sign_in(client)

    assert reply.status_code == 429
    assert re.search(r"This name was tried too often\. Wait \d+ seconds, then try again", reply.content.decode())


def test_the_brake_holds_one_name_and_no_other(client, archivist):
    for _ in range(FREE_TRIES + 1):
        sign_in(client, "somebody", "wrong")

    assert sign_in(client).status_code == 302


def test_where_one_has_signed_in_before_strangers_do_not_lock_one_out(client, archivist):
    sign_in(client)
    client.post("/desk/sign-out/")
    for _ in range(FREE_TRIES + 1):
        sign_in(Client(), password="wrong")

    assert sign_in(Client()).status_code == 429
    assert sign_in(client).status_code == 302


def test_a_device_is_braked_by_its_own_tries_alone(client, archivist):
    sign_in(client)
    client.post("/desk/sign-out/")
    for _ in range(FREE_TRIES):
        sign_in(client, password="wrong")

    assert (sign_in(client).status_code, sign_in(Client()).status_code) == (429, 302)


def test_a_device_serves_the_accounts_that_signed_in_there_and_no_other(client, archivist):
    other = make_volunteer(username="otto")
    other.set_password("kept in a drawer")
    other.save()
    for name in ("aino", "otto"):
        sign_in(client, name)
    stolen = client.cookies["device"].value
    number, latest, _first = stolen.split(".")
    strange = [f"{number}.{latest}", f"{'0' * 32}.{stolen.partition('.')[2]}", "x", f"{number}.{latest[:-1]}é"]

    def known(name, cookie):
        request = RequestFactory().get("/")
        request.COOKIES["device"] = cookie
        return device_digest(request, name) is not None

    assert [known(name, stolen) for name in ("aino", "otto", "nobody")] == [True, True, False]
    assert [known("aino", cookie) for cookie in strange] == [False] * 4


def test_the_cookie_of_a_device_names_nobody_and_no_script_reads_it(client, archivist):
    cookie = sign_in(client).cookies["device"]

    assert ("aino" in cookie.value, cookie["httponly"], cookie["samesite"]) == (False, True, "Lax")


def test_a_right_password_forgets_the_tries_before(client, archivist):
    for _ in range(FREE_TRIES - 1):
        sign_in(client, password="wrong")
    sign_in(client)

    assert Guess.objects.count() == 0


def test_a_try_counts_before_its_password_is_looked_at(archivist):
    now = timezone.now()
    for _ in range(FREE_TRIES):
        count_try(name_digest("aino"), now)

    with pytest.raises(Braked) as braked:
        count_try(name_digest("aino"), now)

    assert braked.value.until == now + timedelta(seconds=10)


def test_tries_are_forgotten_after_a_day_and_no_name_is_kept(archivist):
    now = timezone.now()
    count_try(name_digest("aino"), now - timedelta(hours=25))
    count_try(name_digest("other"), now)

    [guess] = Guess.objects.all()
    assert bytes(guess.name_digest) == name_digest("other")
    assert b"other" not in bytes(guess.name_digest)


def test_when_too_many_sign_in_at_once_the_next_is_asked_to_wait(client, archivist, monkeypatch):
    class Full:
        def acquire(self, timeout):
            return False

    monkeypatch.setattr(signing_in, "AT_ONCE", Full())

    reply = sign_in(client)

    assert (reply.status_code, "Try again in a few seconds" in reply.content.decode()) == (503, True)


def test_signing_out_ends_the_session_and_takes_a_post(client, archivist):
    sign_in(client)

    assert client.get("/desk/sign-out/").status_code == 405
    assert client.post("/desk/sign-out/").url == "/"
    assert client.get("/desk/").url == "/desk/sign-in/?next=/desk/"
