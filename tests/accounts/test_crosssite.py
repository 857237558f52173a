import json

import pytest
from django.test import Client

from accounts.models import Volunteer
from tests.factories import make_task, make_token, make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def play():
    """The address at which one task waits for many."""
    task = make_task(wanted=5)
    return f"/api/v1/projects/{task.project.slug}/leases"


def post(client, path, body=None, **headers):
    return client.post(path, json.dumps(body or {"count": 1}), content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    "path", ["/", "/leaderboards/", "/data/", "/api/v1/projects", "/play/{slug}/", "/projects/{slug}/"]
)
def test_reading_sets_no_cookie(client, play, path):
    response = client.get(path.format(slug=play.split("/")[4]))

    assert (response.status_code, dict(response.cookies)) == (200, {})


def test_the_first_lease_makes_a_volunteer_with_session_and_csrf_cookie(client, play):
    response = post(client, play)

    assert response.status_code == 200
    assert sorted(response.cookies) == ["csrftoken", "sessionid"]
    assert response.cookies["sessionid"]["httponly"] is True
    assert Volunteer.objects.count() == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[::1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver", "Sec-Fetch-Site": "cross-site"}, 200),
    ],
)
def test_without_a_session_only_other_sites_are_refused(client, play, headers, status):
    assert post(client, play, **headers).status_code == status


def test_with_a_session_the_csrf_cookie_must_come_back_as_header(client, play):
    token = post(client, play).cookies["csrftoken"].value

    without, wrong, right = (post(client, play, **h) for h in ({}, {"X-CSRFToken": "x" * 32}, {"X-CSRFToken": token}))

    assert [r.status_code for r in (without, wrong, right)] == [403, 403, 200]
    assert without["Content-Type"] == "application/problem+json"
    assert Volunteer.objects.count() == 1


def test_with_a_session_other_sites_are_refused_even_with_the_token(client, play):
    token = post(client, play).cookies["csrftoken"].value

    response = post(client, play, **{"X-CSRFToken": token, "Origin": "https://evil.example"})

    assert response.status_code == 403


def test_a_bearer_token_needs_no_cookie(client, play):
    volunteer = make_volunteer()

    response = post(client, play, Authorization=f"Bearer {make_token(volunteer)}")

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert volunteer.leases.count() == 1


def test_an_unknown_bearer_token_is_refused_with_a_problem_document(client, play):
    response = post(client, play, Authorization="Bearer civic_forged")

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert response.json()["status"] == 401


def test_a_token_without_the_scope_may_not_play(client, play):
    response = post(client, play, Authorization=f"Bearer {make_token(None, 'ingest')}")

    assert response.status_code == 403
    assert "play" in response.json()["detail"]
