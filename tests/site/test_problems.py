import json

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.enums import Role
from accounts.models import Membership, Volunteer
from tasks.models import Flag
from tests.factories import make_lease, make_task, make_token, make_volunteer

pytestmark = pytest.mark.django_db
JSON = "application/json"
FORM = "multipart/form-data; boundary=x"
OPERATIONS = ["/api/v1/answers", "/api/v1/leases/release", "/api/v1/flags", "/api/v1/projects/{slug}/leases"]


@pytest.fixture
def project():
    return make_task().project


@pytest.fixture
def player(project):
    """A volunteer's browser that sends its CSRF token."""
    client = Client(enforce_csrf_checks=True)
    client.post(f"/api/v1/projects/{project.slug}/leases", {}, content_type=JSON)
    client.defaults["HTTP_X_CSRFTOKEN"] = client.cookies["csrftoken"].value
    return client


def problem_of(response):
    assert response["Content-Type"] == "application/problem+json"
    assert set(response.json()) >= {"type", "title", "status", "detail"}
    return response.status_code, response.json()["status"]


@pytest.mark.parametrize("path", OPERATIONS)
@pytest.mark.parametrize(
    "body", [b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--\r\n", b'{"answers": []}']
)
def test_a_form_where_json_is_wanted_is_refused_with_a_problem_document(player, project, path, body):
    response = player.post(path.format(slug=project.slug), body, content_type=FORM)

    assert problem_of(response) == (415, 415)


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("multipart/form-data", 413), ("application/x-www-form-urlencoded", 413), (JSON, 413)],
)
def test_a_broken_or_huge_body_is_refused_with_a_problem_document(player, content_type, status):
    response = player.post("/api/v1/answers", b"a=b&" * 300_000, content_type=content_type)

    assert problem_of(response) == (status, status)


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/api/v1/projects", {"Host": "evil.example"}), ("/api/v1/", {}), ("/api/nothing", {})],
)
def test_errors_before_any_view_are_problem_documents_too(client, path, headers):
    response = client.get(path, headers=headers)

    assert problem_of(response) in {(400, 400), (404, 404)}


def test_pages_keep_their_own_error_pages(client):
    refused, missing = client.get("/", headers={"Host": "evil.example"}), client.get("/nothing")

    assert (refused.status_code, missing.status_code) == (400, 404)
    assert {refused["Content-Type"], missing["Content-Type"]} == {"text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("leases/release", {"leases": ["\ud800"]}),
        ("leases/release", {"leases": ["a", "a" * 101]}),
        ("answers", {"answers": [], "next": {"project": "\ud800"}}),
        ("answers", {"answers": [{"lease": "\ud800", "key": "0" * 32, "value": {}}]}),
        ("flags", {"lease": "\ud800", "reason": "torn"}),
        ("flags", {"lease": "a", "reason": "\ud800"}),
    ],
)
def test_text_that_cannot_be_stored_is_refused(player, path, body):
    assert problem_of(player.post(f"/api/v1/{path}", body, content_type=JSON)) == (422, 422)


@pytest.mark.parametrize(
    ("limit", "body", "words"),
    [
        ("DATA_UPLOAD_MAX_NUMBER_FIELDS", "a=1&b=2", "more than 1 fields"),
        ("DATA_UPLOAD_MAX_MEMORY_SIZE", "a=1", "longer than the site takes"),
    ],
)
def test_a_form_that_brings_too_much_is_told_what_and_what_to_do(player, settings, limit, body, words):
    setattr(settings, limit, 1)

    reply = player.post("/desk/sign-in/", body, content_type="application/x-www-form-urlencoded")

    assert (reply.status_code, words in reply.content.decode()) == (413, True)


def test_an_upload_longer_than_one_may_be_is_told_the_limit(client, project):
    archivist = make_volunteer()
    Membership.objects.create(organisation=project.organisation, volunteer=archivist, role=Role.ARCHIVIST)
    headers = {"Authorization": f"Bearer {make_token(archivist, 'ingest')}"}

    response = client.post(f"/api/v1/projects/{project.slug}/batches", headers=headers, CONTENT_LENGTH=str(2**40))

    assert problem_of(response) == (413, 413)
    assert "4096 MB" in response.json()["detail"]


@pytest.mark.parametrize("place", ["tasks.api.lease_tasks", "django.contrib.sessions.backends.db.SessionStore.save"])
@pytest.mark.parametrize(
    ("error", "words"), [("database or disk is full", "disk is full"), ("database is locked", "very busy")]
)
def test_a_database_that_cannot_write_asks_to_try_again(client, project, monkeypatch, place, error, words):
    def fail(*args, **options):
        raise OperationalError(error)

    monkeypatch.setattr(place, fail)
    client.raise_request_exception = False

    response = client.post(f"/api/v1/projects/{project.slug}/leases", {}, content_type=JSON)

    assert (problem_of(response), response["Retry-After"]) == ((503, 503), "10")
    assert words in response.json()["detail"]


def test_a_bad_token_on_a_page_is_a_page_that_says_so(client, project):
    response = client.post(f"/play/{project.slug}/", headers={"Authorization": "Bearer forged"})

    assert (response.status_code, response["Content-Type"]) == (403, "text/html; charset=utf-8")
    assert "unknown, expired or revoked" in response.content.decode()
    assert Volunteer.objects.count() == 0


def report(volunteer: Volunteer, lease: str, reason: str) -> int:
    headers = {"Authorization": f"Bearer {make_token(volunteer)}"}
    body = json.dumps({"lease": lease, "reason": reason})
    return Client().post("/api/v1/flags", body, content_type=JSON, headers=headers).status_code


def test_a_report_is_kept_without_what_cannot_be_seen_and_only_once():
    volunteer, task = make_volunteer(), make_task()
    lease = make_lease(task, volunteer)

    statuses = [report(volunteer, lease, reason) for reason in ("torn\x00 off", "torn off ", " \x00", "upside down")]

    assert statuses == [201, 201, 422, 201]
    assert list(Flag.objects.order_by("id").values_list("reason", flat=True)) == ["torn off", "upside down"]


def test_nobody_buries_the_archivist_under_reports_of_one_task():
    volunteer, task = make_volunteer(), make_task()
    lease = make_lease(task, volunteer)

    statuses = [report(volunteer, lease, f"reason {number}") for number in range(7)]

    assert statuses == [201] * 5 + [409] * 2
    assert Flag.objects.count() == 5


def test_characters_and_numbers_that_a_database_cannot_store_are_no_fault_of_ours(player):
    lease = make_lease(make_task(), Volunteer.objects.latest("pk"))
    flagged = player.post("/api/v1/flags", {"lease": lease, "reason": "torn\0off"}, content_type=JSON)
    listed = [player.get(f"/api/v1/projects?after={after}") for after in ("%00", "a%00b")]
    numbered = player.get(f"/api/v1/batches/{2**70}")

    assert [response.status_code for response in (flagged, *listed, numbered) if response.status_code >= 500] == []
