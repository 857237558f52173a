from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Session
from tests.factories import make_task, make_volunteer

pytestmark = pytest.mark.django_db


@pytest.fixture
def volunteer():
    return make_volunteer(display_name="Aino", trust=2)


@pytest.fixture
def client(volunteer):
    client = Client()
    client.force_login(volunteer)
    return client


def release(client):
    """Ask for what only somebody with a session may do."""
    return client.post("/api/v1/leases/release", {"leases": []}, "application/json")


def test_a_session_brings_its_volunteer(client, volunteer):
    reply = release(client)

    user = reply.wsgi_request.user
    assert (reply.status_code, user) == (200, volunteer)
    assert (user.username, user.display_name, user.trust) == (volunteer.username, "Aino", 2)


def test_a_session_that_has_ended_brings_nobody(client):
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert release(client).status_code == 401


def test_the_session_of_an_account_that_is_gone_brings_nobody(client, volunteer):
    volunteer.delete()

    assert release(client).status_code == 401


def test_an_unknown_session_begins_as_a_visitor():
    task = make_task()
    client = Client()
    client.cookies["sessionid"] = "0" * 32

    reply = client.post(f"/api/v1/projects/{task.project.slug}/leases", {"count": 1}, "application/json")

    assert (reply.status_code, len(reply.json()["leases"])) == (200, 1)
    assert client.cookies["sessionid"].value != "0" * 32
