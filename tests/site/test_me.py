"""The pages under /me/, as a browser without scripts meets them."""

import json
import re

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Act, Membership, Session, Volunteer
from accounts.registering import register
from tasks.models import Answer, Pace
from tests.factories import make_organisation, make_task, make_volunteer, make_workflow, post_answer
from tests.gamification.builders import project_all

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture
def me():
    return make_volunteer()


@pytest.fixture
def client(me):
    client = Client()
    client.force_login(me)
    return client


def read_line(client, text="Helsinki"):
    """Play one line over the API, as a browser does from the first press of Play on."""
    project = make_task(make_workflow(policy={"minimum": 2, "maximum": 2})).project.slug
    [lease] = client.post(f"/api/v1/projects/{project}/leases", {"count": 1}, "application/json").json()["leases"]
    answer = {"lease": lease["lease"], "key": "6f0f2fb4-8bfc-4b4b-8b5c-5a6d5f2b3c11", "value": {"text": text}}
    assert client.post("/api/v1/answers", {"answers": [answer]}, "application/json").status_code == 200


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.mark.parametrize("path", ["/me/", "/me/account/", "/me/erased/"])
def test_a_visitor_is_welcome_and_gets_no_cookie(path):
    reply = Client().get(path)

    assert (reply.status_code, dict(reply.cookies)) == (200, {})


@pytest.mark.parametrize("path", ["/me/answers/", "/me/name/", "/me/data.json", "/me/erase/"])
def test_what_belongs_to_somebody_sends_a_visitor_to_the_beginning(path):
    assert Client().get(path).headers["Location"] == "/me/"


def test_the_overview_adds_up_what_i_did(client, me):
    task = make_task(make_workflow(policy={"minimum": 2, "maximum": 2}))
    read_line(client, "Turku")
    for reader in (me, None):
        post_answer(task, "Helsinki", reader)
    project_all()

    context = client.get("/me/").context

    assert context["total"] == {"answers": 1, "settled": 1, "right": 1, "points": 4, "accuracy": 100.0}
    assert sorted(row["points"] for row in context["projects"]) == [1, 3]
    assert [(each["memory"].mine, each["points"]) for each in context["memories"]] == [("Helsinki", 3), ("Turku", 1)]


@pytest.mark.parametrize("answers", [1, 25])
def test_pages_take_the_same_queries_for_one_answer_and_for_many(client, me, answers, django_assert_num_queries):
    workflow = make_workflow()
    for number in range(answers):
        post_answer(make_task(workflow), f"line {number}", me)
    Pace.objects.create(volunteer=me, workflow=workflow)
    project_all()

    # session with account, standings, projects played, answers counted, projects, last answers, points
    with django_assert_num_queries(7):
        client.get("/me/")
    with django_assert_num_queries(3):
        client.get("/me/answers/")


def test_older_answers_follow_page_by_page(client, me):
    workflow = make_workflow()
    for number in range(25):
        post_answer(make_task(workflow), f"line {number}", me)

    first = client.get("/me/answers/")
    second = client.get(f"/me/answers/?before={first.context['next']}")
    shown = [each["memory"].mine for page in (first, second) for each in page.context["memories"]]

    assert shown == [f"line {number}" for number in reversed(range(25))]
    assert second.context["next"] is None


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "", "²"])
def test_a_damaged_address_shows_the_newest(client, me, before):
    post_answer(make_task(), "Helsinki", me)

    assert [each["memory"].mine for each in client.get("/me/answers/", {"before": before}).context["memories"]] == [
        "Helsinki"
    ]


def test_nobody_sees_the_answers_of_another(client):
    post_answer(make_task(), "Helsinki", make_volunteer())

    assert client.get("/me/answers/").context["memories"] == []


def test_a_difference_is_marked_letter_by_letter(client, me):
    task = make_task(make_workflow(policy={"minimum": 3, "maximum": 3}))
    for text, reader in (("Tesson", me), ("Usson", None), ("Usson", None)):
        post_answer(task, text, reader)

    reply = client.get("/me/answers/")

    assert b"<del>Te</del>sson" in reply.content
    assert b"<ins>U</ins>sson" in reply.content
    assert "Word 1: “Usson”, not “Tesson”." in text_of(reply)


def test_a_name_is_chosen_refused_and_removed(client, me):
    assert "Boards show you as “Aino”." in text_of(client.post("/me/name/", {"name": "Aino"}, follow=True))

    refused = client.post("/me/name/", {"name": "Admin"})
    assert (refused.status_code, refused.context["typed"], str(Volunteer.objects.get())) == (422, "Admin", "Aino")
    assert "sounds like somebody who runs the site" in text_of(refused)

    client.post("/me/name/", {"remove": ""})
    assert Volunteer.objects.get().display_name is None


def test_work_is_kept_by_making_an_account(client, me):
    read_line(client)
    before = client.session.session_key

    page = client.post("/me/account/", {"username": "aino", "password": PASSWORD}, follow=True)

    assert "aino" in text_of(page)
    assert "No e-mail address is stored" in text_of(page)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    elsewhere = Client()
    elsewhere.post("/desk/sign-in/", {"username": "aino", "password": PASSWORD})
    assert [each["memory"].mine for each in elsewhere.get("/me/").context["memories"]] == ["Helsinki"]


def test_a_visitor_may_begin_with_an_account():
    client = Client()

    client.post("/me/account/", {"username": "aino", "password": PASSWORD})

    assert client.get("/me/").context["has_account"]


def test_a_weak_password_loses_nothing_typed(client):
    reply = client.post("/me/account/", {"username": "aino", "password": "zwerg"})

    assert (reply.status_code, reply.context["username"], reply.context["field"]) == (422, "aino", "password")
    assert "at least 10 characters" in text_of(reply)
    assert b"zwerg" not in reply.content


def account():
    volunteer = Volunteer()
    register(volunteer, "aino", PASSWORD)
    return volunteer


def sign_in(client):
    return client.post("/desk/sign-in/", {"username": "aino", "password": PASSWORD, "next": "/me/"}, follow=True)


def test_signing_in_offers_to_bring_the_work_of_this_browser_along(client):
    aino = account()
    read_line(client)

    offer = sign_in(client)
    done = client.post("/me/bring/", {"bring": ""}, follow=True)

    assert "Bring along what you read before signing in?" in text_of(offer)
    assert "1 answer is yours now." in text_of(done)
    assert Answer.objects.get().volunteer_id == aino.pk
    assert "Bring along" not in text_of(client.get("/me/"))


def test_work_that_is_kept_apart_is_not_offered_again(client, me):
    account()
    read_line(client)
    sign_in(client)

    client.post("/me/bring/", {"apart": ""})
    client.post("/me/bring/", {"bring": ""})

    assert Answer.objects.get().volunteer_id == me.pk
    assert "Bring along" not in text_of(client.get("/me/"))


def test_a_number_sent_by_the_browser_brings_nothing(client):
    account()
    stranger = make_volunteer()
    post_answer(make_task(), "Helsinki", stranger)
    sign_in(client)

    client.post("/me/bring/", {"bring": "", "guest": str(stranger.pk)})

    assert Answer.objects.get().volunteer_id == stranger.pk


def test_the_download_is_a_file_of_json_that_nobody_keeps(client, me):
    read_line(client, "Åbo")

    reply = client.get("/me/data.json")
    found = json.loads(reply.getvalue())

    assert (reply["Content-Type"], "attachment" in reply["Content-Disposition"]) == ("application/json", True)
    assert "no-store" in reply["Cache-Control"]
    assert (found["answers"][0]["value"], len(found["sessions"])) == ({"text": "Åbo"}, 1)


def test_erasing_asks_first_and_ends_the_session(client):
    read_line(client)
    assert "Tick the box first" in text_of(client.post("/me/erase/"))
    assert Volunteer.objects.get().erased_at is None

    reply = client.post("/me/erase/", {"sure": "on"})

    assert {name: cookie.value for name, cookie in reply.cookies.items()} == {"sessionid": "", "csrftoken": ""}
    assert reply["Clear-Site-Data"] == '"storage"'
    assert "You are forgotten here" in text_of(client.get(reply["Location"]))
    assert Volunteer.objects.get().erased_at
    assert (client.cookies["sessionid"].value, Session.objects.count()) == ("", 0)


def sign_in_again(password=PASSWORD):
    """Return a browser of somebody who signed in with this password, or tried to."""
    elsewhere = Client()
    elsewhere.post("/desk/sign-in/", {"username": "aino", "password": password})
    return elsewhere


def has_account(browser):
    return "_auth_user_id" in browser.session


def test_another_password_ends_the_other_sessions_and_keeps_this_one():
    aino = account()
    Membership.objects.create(organisation=make_organisation(), volunteer=aino, role=Role.OWNER)
    here, elsewhere = sign_in_again(), sign_in_again()
    new = "under the third stone"

    done = here.post("/me/password/", {"current": PASSWORD, "password": new, "again": new}, follow=True)

    assert "Everywhere else you are signed out." in text_of(done)
    assert [browser.get("/me/answers/").status_code for browser in (here, elsewhere)] == [200, 302]
    assert Session.objects.filter(volunteer=aino).count() == 1
    assert [has_account(sign_in_again(word)) for word in (PASSWORD, new)] == [False, True]
    assert Act.objects.values_list("what", "volunteer").get() == ("password.changed", aino.pk)


@pytest.mark.parametrize(
    ("current", "new", "again", "field", "sentence"),
    [
        ("wrong", "under the stone", "under the stone", "current", "This is not your password. Nothing was changed."),
        (PASSWORD, "under the stone", "under a stone", "again", "These are two different passwords."),
        (PASSWORD, "zwerg", "zwerg", "password", "at least 10 characters"),
        (PASSWORD, "", "", "password", "Type a new password."),
    ],
)
def test_a_password_that_cannot_be_changed_is_told_beside_its_field(current, new, again, field, sentence):
    account()
    here = sign_in_again()

    reply = here.post("/me/password/", {"current": current, "password": new, "again": again})

    assert (reply.status_code, reply.context["field"], sentence in text_of(reply)) == (422, field, True)
    assert has_account(sign_in_again())


def test_an_account_is_erased_with_its_password_only():
    client = Client()
    client.force_login(account())

    refused = client.post("/me/erase/", {"sure": "on", "password": "wrong"})
    assert (refused.status_code, Volunteer.objects.get().erased_at) == (422, None)
    assert "This is not your password." in text_of(refused)

    client.post("/me/erase/", {"sure": "on", "password": PASSWORD})
    assert Volunteer.objects.get().erased_at


def test_the_last_owner_is_told_what_to_do_first():
    client, owner = Client(), account()
    Membership.objects.create(organisation=make_organisation(name="Town Archive"), volunteer=owner, role=Role.OWNER)
    client.force_login(owner)

    reply = client.post("/me/erase/", {"sure": "on", "password": PASSWORD})

    assert (reply.status_code, Volunteer.objects.get().erased_at) == (409, None)
    assert "Make somebody else an owner there first" in text_of(reply)


@pytest.mark.parametrize("path", ["/me/name/", "/me/account/", "/me/bring/", "/me/erase/"])
def test_a_form_from_elsewhere_changes_nothing(me, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(me)

    assert client.post(path, {"sure": "on", "name": "Aino"}).status_code == 403
